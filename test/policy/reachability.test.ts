import { expect, test } from "vitest";
import { disagreements, expected, knockedPorts, openPorts, type Origin } from "../../src/policy/reachability.ts";
import { nodeNamed, sampleCluster } from "./sample.ts";

const cluster = sampleCluster();
const node = (name: string) => nodeNamed(cluster, name);
const open = (from: Origin, name: string) => {
  const found = expected(cluster, from).find((one) => one.name === name);
  if (found === undefined) throw new Error(`nobody expects ${name}`);
  return found.open;
};

test("the internet reaches the balancers' website and nothing else", () => {
  const list = expected(cluster, "internet");
  expect(list.filter((one) => one.open.length > 0).map((one) => one.name)).toEqual([
    "lb1 public",
    "lb1 public IPv6",
    "lb2 public",
    "lb2 public IPv6",
    "lb floating",
  ]);
  expect(open("internet", "lb floating")).toEqual([80, 443]);
  expect(list.some((one) => one.address.startsWith("10."))).toBe(false);
});

test("a web server reaches databases and content on the VLAN, also at their floating addresses", () => {
  expect(open(node("web1"), "db1 VLAN")).toEqual([3306]);
  expect(open(node("web1"), "db floating")).toEqual([3306]);
  expect(open(node("web1"), "nfs floating")).toEqual([2049]);
  expect(open(node("web1"), "db1 public")).toEqual([]);
  expect(open(node("web1"), "web2 VLAN")).toEqual([]);
});

test("pairs reach one another, and the quorum device", () => {
  expect(open(node("db1"), "db2 VLAN")).toEqual([3306]);
  expect(open(node("nfs1"), "nfs2 VLAN")).toEqual([7788]);
  expect(open(node("lb1"), "lb2 public")).toEqual([80, 443]);
  expect(open(node("nfs1"), "admin1 public")).toEqual([5403]);
  expect(open(node("web1"), "admin1 public")).toEqual([]);
});

test("admin reaches SSH and checks everywhere, and no VLAN", () => {
  expect(open(node("admin1"), "nfs1 public")).toEqual([322, 5666]);
  expect(open(node("admin1"), "lb1 public")).toEqual([80, 322, 443, 5666]);
  expect(expected(cluster, node("admin1")).some((one) => one.name.endsWith("VLAN"))).toBe(false);
});

test("a node inside the operators' network, or anybody when it is the whole internet, reaches SSH", () => {
  const wide = sampleCluster(["198.18.0.0/16"]);
  expect(openPorts(wide, nodeNamed(wide, "web1"), nodeNamed(wide, "db1"), "eth0")).toEqual([322]);
  const all = sampleCluster(["0.0.0.0/0"]);
  expect(openPorts(all, "internet", nodeNamed(all, "db1"), "eth0")).toEqual([322]);
});

test("a floating address is not expected of its own pair", () => {
  expect(expected(cluster, node("db1")).map((one) => one.name)).not.toContain("db floating");
});

test("a scan that agrees says nothing; each disagreement is a sentence", () => {
  const wanted = expected(cluster, node("web1"));
  const found = Object.fromEntries(
    wanted.map(({ address, open }) => [
      address,
      Object.fromEntries(knockedPorts().map((port) => [port, open.includes(port) ? "open" : "silent"])),
    ]),
  );
  expect(disagreements("web1", wanted, found)).toEqual([]);
  const other = { ...found, "10.10.0.21": { ...found["10.10.0.21"], 3306: "refused", 22: "open" } };
  expect(disagreements("web1", wanted, other)).toEqual([
    "web1 cannot reach TCP 3306 of db1 VLAN (10.10.0.21), but should (refused).",
    "web1 reaches TCP 22 of db1 VLAN (10.10.0.21), which should be closed.",
  ]);
  expect(disagreements("web1", wanted, {})).toContain("web1 did not knock at db1 VLAN (10.10.0.21).");
});
