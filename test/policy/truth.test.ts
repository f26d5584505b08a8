import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { untold, type Told } from "../../src/core/fact.ts";
import { isFine, verdictOf, type Finding } from "../../src/policy/finding.ts";
import { truth } from "../../src/policy/truth/rows.ts";
import type { Seen } from "../../src/policy/truth/seen.ts";
import { mutation } from "../fixtures/mutations.ts";
import { framed, toldBy } from "../fixtures/recorded.ts";
import { all, edit, recordedIn, seen, split, unreachable, whole } from "../fixtures/seen.ts";

const row = (of: Seen, what: string) => {
  const found = truth(of).find((one) => one.what.startsWith(what));
  if (found === undefined) throw new Error(`there is no row ${what}`);
  return found;
};
const verdict = (of: Seen, what: string) => verdictOf(row(of, what).findings);
const findings = (of: Seen): Finding[] => truth(of).flatMap((one) => [...one.findings]);

it("what was recorded of a healthy cluster is consistent", () => {
  expect(verdictOf(findings(seen(["healthy"])))).toBe("consistent");
});

describe("a healthy pair", () => {
  const healthy = seen(["healthy"]);
  it.each(["lb address", "db address", "database writer", "lb pair", "db pair", "lb1", "db2", "admin1"])(
    "%s is consistent",
    (what) => expect(verdict(healthy, what)).toBe("consistent"),
  );
  it("tells what each source says", () => {
    expect(row(healthy, "lb address")).toMatchObject({
      what: "lb address 198.18.0.18",
      provider: "lb1, shared with lb2",
      pacemaker: "lb1",
      node: "lb1",
      wire: "lb1",
    });
    expect(row(healthy, "database writer")).toMatchObject({ pacemaker: "db1", node: "db1" });
  });
});

describe("what does not agree", () => {
  const healthy = seen(["healthy"]);
  it("two holders are a split", () => {
    expect(verdict(split(), "lb address")).toBe("split: lb1 and lb2 both hold 198.18.0.18");
  });
  it("two who answer are a split, also when neither is known", () => {
    const strange = { "198.18.0.18": ["f2:3c:95:0d:b0:51", "00:00:00:00:00:09"], "10.10.0.20": [], "10.10.0.30": [] };
    const wire = edit(healthy, "lb2", { wire: { known: true, value: strange } });
    expect(verdict(wire, "lb address")).toContain("an unknown card (00:00:00:00:00:09) and lb1 both answer");
  });
  it("an address Linode does not give to its holder is degraded", () => {
    const known = healthy.provider.known ? healthy.provider.value : undefined;
    const addresses = { lb1: { own: [], shared: [] }, lb2: { own: ["198.18.0.18"], shared: [] } };
    const moved: Seen = {
      ...healthy,
      provider: { known: true, value: { machines: known?.machines ?? {}, addresses } },
    };
    expect(verdict(moved, "lb address")).toContain("lb1 holds 198.18.0.18, but Linode does not give it to lb1");
  });
  it("a provider that cannot be asked is unknown, and so is all that hangs on it", () => {
    const silent: Seen = { ...healthy, provider: untold("it answered 503") };
    expect(verdict(silent, "lb address")).toBe("unknown: Linode cannot be asked (it answered 503)");
    expect(verdict(silent, "db address")).toBe("consistent");
  });
  it("a node that cannot be reached is unknown", () => {
    const silent = unreachable(healthy, "db2");
    expect(verdict(silent, "db2")).toBe("unknown: db2 cannot be reached");
    expect(verdict(silent, "database writer")).toBe("unknown: db2 cannot be reached");
    expect(row(silent, "database writer").node).toBe("db1, db2 unknown");
  });
});

it("tells two writers and a replication that stopped", () => {
  const broken = seen(["broken-replication", "healthy"]);
  expect(verdict(broken, "database writer")).toBe("split: db1 and db2 both accept writes; db1 does not replicate");
});

it("tells a node that was cut off by both its own word and the others'", () => {
  const isolated = seen(["isolated", "healthy"]);
  expect(verdict(isolated, "lb pair")).toMatch(
    /^degraded: lb1 has no quorum; lb2 sees 2 of 3 votes; lb1 does not see lb2 in its pair/,
  );
  expect(verdict(isolated, "lb address")).toMatch(/^split: lb1 and lb2 do not agree where vip runs/);
});

it("tells failed actions in words", () => {
  const overloaded = seen(["overloaded", "healthy"]);
  expect(verdict(overloaded, "failed actions")).toContain(
    "nfs_server did not stop on nfs1 (error: Failed to unmount a bind mount), 2026-11-25 13:38:51Z",
  );
});

it.each([["overloaded"], ["isolated"], ["broken-replication"]] as const)(
  "whatever comes back, %s is never consistent",
  { timeout: 120_000 },
  (scene) => {
    const scenes = [scene, "healthy", "overloaded"] as const;
    fc.assert(
      fc.property(fc.constantFrom(...recordedIn(scenes)), mutation, mutation, (one, a, b) => {
        const [told] = toldBy([one.fact], b(framed([a(one.output)])));
        expect(isFine(findings(seen(scenes, { one, told })))).toBe(false);
      }),
      { numRuns: 3500, seed: 7 },
    );
  },
);

it("whatever comes back, one replica that accepts writes is never consistent", { timeout: 120_000 }, () => {
  const open = all.find(
    ({ scene, node, kind }) => `${scene} ${node.name} ${kind}` === "broken-replication db2 database",
  );
  if (open === undefined) throw new Error("it was not recorded");
  const others = recordedIn(["healthy"]).filter((one) => !(one.node.name === "db2" && one.kind === "database"));
  fc.assert(
    fc.property(fc.constantFrom(open, ...others), mutation, (one, mutate) => {
      const [told] = toldBy([one.fact], framed([mutate(one.output)]));
      const database = (one === open ? told : whole.get(open)) as Told<never>;
      expect(isFine(findings(edit(seen(["healthy"], { one, told }), "db2", { database })))).toBe(false);
    }),
    { numRuns: 3000, seed: 13 },
  );
});
