import { describe, expect, it } from "vitest";
import { Blueprint, plannedNodes, privateFloating, toCluster } from "../../src/core/cluster.ts";

const minimal = { name: "demo", operators: ["198.18.254.2/32"] };
const parse = (change: object = {}) => Blueprint.safeParse({ ...minimal, ...change });

describe("Blueprint", () => {
  it("describes nine nodes when it says only its name and who may enter", () => {
    const nodes = plannedNodes(Blueprint.parse(minimal));
    expect(nodes.map(({ name }) => name).join(" ")).toBe("lb1 lb2 web1 web2 db1 db2 nfs1 nfs2 admin1");
  });
  it.each([
    ["a web tier below two", { nodes: { web: { count: 1 } } }, "at least two web servers"],
    ["three databases", { nodes: { db: { count: 3 } } }, "this role is a pair"],
    ["a name that is no host name", { name: "Prod_1" }, "a cluster name is"],
    ["a public VLAN", { network: { vlan: "8.8.8" } }, "vlan is like"],
    ["an unknown key", { colour: "blue" }, "Unrecognized key"],
    ["nobody who may enter", { operators: [] }, "at least the address of the bot"],
    ["a document root that leaves the export", { site: { documentRoot: "../etc" } }, "documentRoot"],
  ])("refuses %s", (_what, change, problem) => {
    expect(parse(change).error?.message).toContain(problem);
  });
});

it("gives every node and every floating address an address of its own on the VLAN", () => {
  const blueprint = Blueprint.parse({ ...minimal, nodes: { web: { count: 20 } } });
  const own = plannedNodes(blueprint).flatMap(({ privateIp }) => privateIp ?? []);
  const all = [...own, privateFloating(blueprint, "db").address, privateFloating(blueprint, "nfs").address];
  expect(new Set(all).size).toBe(all.length);
  expect(all.every((address) => Number(address.split(".")[3]) < 255)).toBe(true);
});

it("is no cluster while a node is missing", () => {
  const blueprint = Blueprint.parse(minimal);
  expect(toCluster(blueprint, { cluster: blueprint.name, nodes: {}, publicAddress: null })).toBeUndefined();
});
