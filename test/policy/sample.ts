import { Blueprint, plannedNodes, toCluster, type Cluster, type Inventory, type Node } from "../../src/core/cluster.ts";

/** A cluster that exists, with made-up addresses. */
export function sampleCluster(operators: string[] = ["198.19.0.0/24", "2001:db8:f::/48"]): Cluster {
  const blueprint = Blueprint.parse({ name: "prod", operators });
  const nodes: Inventory["nodes"] = {};
  plannedNodes(blueprint).forEach((plan, index) => {
    const net = plan.role === "admin" ? "198.18.1" : "198.18.0";
    nodes[plan.name] = {
      linodeId: 100 + index,
      label: `prod-${plan.name}`,
      ipv4: { address: `${net}.${11 + index}`, gateway: `${net}.1`, prefix: 24 },
      ipv6: { address: `2001:db8:${net === "198.18.0" ? 0 : 1}::${11 + index}`, gateway: "fe80::1", prefix: 64 },
      hostKey: "ssh-ed25519 AAAA",
      sshPort: 322,
    };
  });
  const inventory = { cluster: blueprint.name, nodes, publicAddress: { address: "198.18.0.100", prefix: 24 } };
  const cluster = toCluster(blueprint, inventory);
  if (cluster === undefined) throw new Error("the sample is not complete");
  return cluster;
}

/** A node of it by name. */
export function nodeNamed(cluster: Cluster, name: string): Node {
  const node = cluster.nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`the sample has no ${name}`);
  return node;
}
