import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { nodesWith } from "../../src/core/cluster.ts";
import { canonical } from "../../src/ops/facts/filter.ts";
import { firewallRules } from "../../src/policy/firewall.ts";
import { matrix } from "../../src/policy/flows.ts";
import { meaning } from "../../src/policy/meaning.ts";
import { nodeNamed, sampleCluster } from "./sample.ts";

const cluster = sampleCluster();
const names = cluster.nodes.map((node) => node.name);
const families = [
  ["v4", "iptables"],
  ["v6", "ip6tables"],
] as const;
const netns = (script: string, input: string) =>
  spawnSync("unshare", ["-n", "sh", "-ec", script], { input, encoding: "utf8" });
const probe = netns("iptables-save -t filter >/dev/null", "");
const why = probe.status === 0 ? "" : " (skipped: this needs root, unshare and iptables)";

test("there are nine nodes", () => expect(names).toHaveLength(9));

describe.each(names)("%s", (name) => {
  const rules = firewallRules(cluster, nodeNamed(cluster, name));

  test.each(families)("rules of IP%s", async (family) => {
    await expect(rules[family]).toMatchFileSnapshot(`rules/${name}.${family}`);
  });

  test.skipIf(why !== "").each(families)(`a kernel prints IP%s rules exactly as written${why}`, (family, tool) => {
    const loaded = netns(
      `t=$(mktemp); trap 'rm -f "$t"' EXIT; cat >"$t"; ${tool}-restore --test "$t"; ${tool}-restore "$t"; ${tool}-save -t filter`,
      rules[family],
    );
    expect(loaded.stderr).toBe("");
    expect(canonical(loaded.stdout)).toBe(rules[family]);
  });

  test("every rule has a meaning", () => {
    const lines = [...rules.v4.split("\n"), ...rules.v6.split("\n")].filter((line) => /^[-:]/.test(line));
    for (const line of lines) expect(meaning(cluster, line)).not.toMatch(/not one of Nonet's|undefined|anything/);
  });
});

test("a flow that leaves the matrix closes, and nothing else changes", () => {
  for (const flow of matrix) {
    const without = matrix.filter((other) => other !== flow);
    for (const node of cluster.nodes) {
      const all = firewallRules(cluster, node);
      const left = firewallRules(cluster, node, without);
      const gone = [all.v4, all.v6].join("").split("\n").length - [left.v4, left.v6].join("").split("\n").length;
      expect(gone > 0, `${flow.reason} on ${node.name}`).toBe(node.role === flow.to);
      for (const line of [...left.v4.split("\n"), ...left.v6.split("\n")]) expect(`${all.v4}${all.v6}`).toContain(line);
    }
  }
});

test("an empty matrix lets nobody begin anything", () => {
  for (const node of cluster.nodes) {
    const rules = firewallRules(cluster, node, []);
    const open = [rules.v4, rules.v6]
      .join("")
      .split("\n")
      .filter((line) => /-p (tcp|udp).*ACCEPT/.test(line));
    expect(open).toEqual([]);
  }
});

test("pcsd, NFS versions before 4 and the old port of SSH are open nowhere", () => {
  for (const node of cluster.nodes) expect(firewallRules(cluster, node).v4).not.toMatch(/\b(2224|111|20048|22)\b -m/);
});

test("a database answers each web server and its peer, and refuses the rest of the VLAN at once", () => {
  const { v4 } = firewallRules(cluster, nodeNamed(cluster, "db1"));
  const lines = v4.split("\n").filter((line) => line.includes("--dport 3306"));
  expect(lines.map((line) => meaning(cluster, line))).toEqual([
    "web1 may reach TCP 3306 over the VLAN: queries of the site.",
    "web2 may reach TCP 3306 over the VLAN: queries of the site.",
    "db2 may reach TCP 3306 over the VLAN: database replication.",
    "Any other node is refused TCP 3306 over the VLAN: refused at once.",
  ]);
});

test("meanings name who, what, where and why", () => {
  const { v4 } = firewallRules(cluster, nodeNamed(cluster, "lb1"));
  const said = v4
    .split("\n")
    .filter(Boolean)
    .map((line) => meaning(cluster, line));
  expect(said).toContain("Anybody may reach TCP 80, 443 over the public network: public website.");
  expect(said).toContain("admin1 may reach ping over the public network: monitoring ping.");
  expect(said).toContain("lb2 may reach UDP 5405-5412 over the VLAN: Corosync.");
  expect(meaning(cluster, "-A INPUT -p tcp -j ACCEPT")).toBe(
    "This rule is not one of Nonet's: -A INPUT -p tcp -j ACCEPT",
  );
});

test("operators may write networks as they like; rules are spelled as the kernel does", () => {
  const other = sampleCluster(["198.19.7.9/24", "198.19.7.0/24", "2001:DB8:0:0:1::9/64", "::/0"]);
  const rules = firewallRules(other, nodeNamed(other, "web1"));
  const ssh = [rules.v4, rules.v6].flatMap((text) => text.split("\n").filter((line) => line.includes("SSH of op")));
  const end = '-i eth0 -p tcp -m tcp --dport 322 -m comment --comment "SSH of operators" -j ACCEPT';
  expect(ssh).toEqual([`-A INPUT -s 198.19.7.0/24 ${end}`, `-A INPUT -s 2001:db8::/64 ${end}`, `-A INPUT ${end}`]);
});

test("each web server is a source of its own on db and nfs", () => {
  const webs = nodesWith(cluster, "web").map((node) => `-s ${node.privateIp}/32`);
  for (const name of ["db1", "db2", "nfs1", "nfs2"]) {
    const { v4 } = firewallRules(cluster, nodeNamed(cluster, name));
    for (const web of webs) expect(v4).toContain(web);
  }
});
