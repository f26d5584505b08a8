import { expect, it } from "vitest";
import { clusterOf, withWebs, type Cluster, type Node } from "../../src/core/cluster.ts";
import { same } from "../../src/core/operation.ts";
import { desired } from "../../src/policy/desired.ts";
import { doorStages, webSetStages } from "../../src/policy/web-set.ts";
import { aCluster, secrets } from "../fixtures/cluster.ts";

const four = aCluster({ nodes: { web: { count: 4 } } });
const few = four.nodes.filter(({ name }) => name !== "web3" && name !== "web4");
const two = clusterOf(withWebs(four.blueprint, 2), few, four.floating.lb);

const itemsOf = (cluster: Cluster, node: Node) =>
  desired(cluster, node, secrets).flatMap(({ stages }) => stages.flatMap(({ items }) => items));

/** What a node that stays wants otherwise once there are four: `firewall iptables`. */
function different({ name }: Node): string[] {
  const [before, after] = [two, four].map((cluster) => {
    const node = cluster.nodes.find((one) => one.name === name);
    if (node === undefined) throw new Error(`there is no ${name}`);
    return itemsOf(cluster, node);
  });
  return (after ?? []).flatMap(({ operation, key, want }) => {
    const old = before?.find((item) => item.operation.name === operation.name && item.key === key);
    return old !== undefined && same(old.want, want) ? [] : [`${operation.name} ${key}`];
  });
}

it("tells each node that stays all that is different for it, and no more of it than a build would", () => {
  for (const { name } of two.nodes) {
    const node = four.nodes.find((one) => one.name === name);
    if (node === undefined) throw new Error(`there is no ${name}`);
    const told = webSetStages(four, node, secrets).flatMap(({ items }) => items);
    const keys = told.map(({ operation, key }) => `${operation.name} ${key}`);
    expect(keys).toEqual(expect.arrayContaining(different(node)));
    const built = itemsOf(four, node);
    for (const item of told) {
      const same = built.find(({ operation, key }) => operation.name === item.operation.name && key === item.key);
      expect(same?.want).toEqual(item.want);
    }
  }
});

it("opens the doors of databases and storage, and changes nobody's rules but theirs", () => {
  const firewalls = two.nodes.filter((node) => different(node).includes("firewall iptables")).map(({ name }) => name);
  expect(firewalls).toEqual(["db1", "db2", "nfs1", "nfs2"]);
  const [db] = four.nodes.filter(({ role }) => role === "db");
  if (db === undefined) throw new Error("there is no database");
  expect(JSON.stringify(doorStages(four, db))).toContain("-s 10.10.0.44/32 -i eth1 -p tcp -m tcp --dport 3306");
});
