import { expect, it } from "vitest";
import { untold } from "../../src/core/fact.ts";
import { topologyOf } from "../../src/policy/truth/drawing.ts";
import { truth } from "../../src/policy/truth/rows.ts";
import type { Look, Seen } from "../../src/policy/truth/seen.ts";
import { edit, off, seen, split, unreachable } from "../fixtures/seen.ts";

const healthy = seen(["healthy"]);
const draw = (of: Seen) => topologyOf(of, truth(of), 0);
const conditions = (of: Seen) => Object.fromEntries(draw(of).nodes.map(({ name, condition }) => [name, condition]));

it("draws a healthy cluster as fine, with who has what", () => {
  const drawing = draw(healthy);
  expect(new Set([drawing.condition, ...Object.values(conditions(healthy))])).toEqual(new Set(["fine"]));
  expect(drawing.duties.map(({ what, holders, condition }) => [what, holders.join(), condition])).toEqual([
    ["address 198.18.0.18", "lb1", "fine"],
    ["address 10.10.0.20", "db1", "fine"],
    ["address 10.10.0.30", "nfs1", "fine"],
    ["database writer", "db1", "fine"],
    ["DRBD primary", "nfs1", "fine"],
  ]);
  expect(drawing.nodes.find(({ name }) => name === "admin1")?.place).toBe("us-east");
});

it("takes the flows from the matrix", () => {
  const { flows } = draw(healthy);
  expect(flows).toContainEqual({ from: "internet", to: "lb", ports: "80, 443", network: "public" });
  expect(flows).toContainEqual({ from: "web", to: "db", ports: "3306", network: "vlan" });
  expect(flows).toContainEqual({ from: "nfs", to: "nfs", ports: "7788", network: "vlan" });
  expect(flows).toContainEqual({ from: "admin", to: "web", ports: "ping", network: "public" });
});

it("draws both of a split, and the rest as it is", () => {
  expect(draw(split())).toMatchObject({
    condition: "split",
    duties: [{ holders: ["lb1", "lb2"], condition: "split" }, {}, {}, {}, {}],
  });
  expect(conditions(split())).toMatchObject({ lb1: "split", lb2: "split", web1: "fine", admin1: "fine" });
});

it("draws as down only what is known to be off", () => {
  expect(conditions(off(healthy, "db2"))).toMatchObject({ db1: "fine", db2: "down" });
  expect(conditions(unreachable(healthy, "db2"))).toMatchObject({ db1: "fine", db2: "unknown" });
});

it("never draws as fine what is not known", () => {
  const facts = ["interfaces", "units", "quorum", "pair", "database", "drbd"] as const;
  for (const { node, ...look } of healthy.looks) {
    for (const fact of facts.filter((name) => look[name] !== undefined)) {
      const change: Partial<Look> = { [fact]: untold("it hung") };
      expect([node.name, fact, conditions(edit(healthy, node.name, change))[node.name]]).not.toContain("fine");
    }
  }
  const silent: Seen = { ...healthy, provider: untold("it answered 503") };
  expect(new Set(Object.values(conditions(silent)))).toEqual(new Set(["unknown"]));
});
