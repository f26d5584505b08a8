import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Services } from "../../../src/core/ports.ts";
import { covers } from "../../../src/core/watch.ts";
import { lookAt } from "../../../src/look/look.ts";
import type { DatabaseState } from "../../../src/ops/facts/database.ts";
import type { DrbdState } from "../../../src/ops/facts/drbd.ts";
import type { PairStatus } from "../../../src/ops/facts/pair.ts";
import type { QuorumState } from "../../../src/ops/facts/quorum.ts";
import { together, type Judged } from "../../../src/policy/watch/concern.ts";
import { judgeMoves, settledMs, type Homes } from "../../../src/policy/watch/moves.ts";
import { judgeLag } from "../../../src/policy/watch/numbers.ts";
import { judgeTruth } from "../../../src/policy/watch/truth.ts";
import { watchedNodes, type WatchedNodes } from "../../fakes/watched-nodes.ts";
import { aCluster } from "../../fixtures/cluster.ts";

const cluster = aCluster();
const { signal } = new AbortController();
const now = Date.parse("2026-01-01T00:00:00Z");
const homes: Homes = Object.fromEntries(["lb", "db", "nfs"].map((role) => [role, { node: `${role}1`, moved: null }]));

const seenAt = ({ reached }: WatchedNodes) =>
  lookAt(reached as Services, cluster, { signal, steady: signal, say: () => undefined });

async function judge(nodes: WatchedNodes): Promise<Judged> {
  const seen = await seenAt(nodes);
  return together(judgeTruth(seen), judgeLag(seen), judgeMoves(seen, homes, { now, explained: false }).judged);
}

async function found(spoil: (nodes: WatchedNodes) => void) {
  const nodes = watchedNodes(cluster);
  spoil(nodes);
  return (await judge(nodes)).concerns;
}
const keysOf = async (spoil: (nodes: WatchedNodes) => void) => (await found(spoil)).map(({ key }) => key);
const without = (nodes: WatchedNodes, by: string, name: string) =>
  nodes.tell<PairStatus>(by, "pacemaker status", (pair) => ({ ...pair, online: { ...pair.online, [name]: false } }));

it("a healthy cluster has no concern, and nothing of it is unknown", async () => {
  expect(await judge(watchedNodes(cluster))).toEqual({ concerns: [], unknown: [] });
});

describe("a node that does not answer", () => {
  const dead = (name: string) => (nodes: WatchedNodes) => void nodes.dead.add(name);
  it("is isolated when its pair does not see it either, which takes one look and is the only concern", async () => {
    const concerns = await found((nodes) => {
      dead("lb1")(nodes);
      without(nodes, "lb2", "lb1");
      nodes.tell<QuorumState>("lb2", "quorum state", (quorum) => ({ ...quorum, votes: 2 }));
    });
    expect(concerns).toMatchObject([
      {
        key: "node lb1 gone",
        severity: "critical",
        title: "lb1 is isolated: neither Nonet nor lb2 reaches it",
        looks: 1,
        facts: expect.arrayContaining([
          ["Linode", "running"],
          ["lb2", "does not see it"],
        ]),
      },
    ]);
  });
  it("is off when the provider says so", async () => {
    const concerns = await found((nodes) => {
      dead("db2")(nodes);
      nodes.machines.set("db2", "offline");
    });
    expect(concerns).toMatchObject([{ key: "node db2 gone", title: "db2 is offline at Linode", looks: 1 }]);
  });
  it("may only be slow while its pair sees it", async () => {
    expect(await found(dead("nfs1"))).toMatchObject([{ key: "node nfs1 gone", severity: "warning", looks: 4 }]);
  });
  it("without a pair takes two looks", async () => {
    expect(await found(dead("web1"))).toMatchObject([{ key: "node web1 gone", severity: "warning", looks: 2 }]);
  });
  it("is one of nine when nobody answers, and that is one concern", async () => {
    const nodes = watchedNodes(cluster);
    for (const { name } of cluster.nodes) nodes.dead.add(name);
    const { concerns, unknown } = await judge(nodes);
    expect(concerns).toMatchObject([{ key: "reach", title: "no node of demo answers", looks: 2 }]);
    expect(unknown.some((words) => covers(words, "node lb1 gone"))).toBe(true);
  });
});

/** What can break, and the key of what it is. */
const faults: Readonly<Record<string, (nodes: WatchedNodes) => void>> = {
  "database two": (nodes) =>
    nodes.tell<DatabaseState>("db2", "database state", (state) => ({ ...state, readOnly: false })),
  "database none": (nodes) =>
    nodes.tell<DatabaseState>("db1", "database state", (state) => ({ ...state, readOnly: true })),
  "database server db2": (nodes) => nodes.tell("db2", "database state", () => null),
  "database replication db2": (nodes) =>
    nodes.tell<DatabaseState>("db2", "database state", (state) => ({
      ...state,
      source: state.source && { ...state.source, applies: "No", lag: null },
    })),
  "database lag db2": (nodes) =>
    nodes.tell<DatabaseState>("db2", "database state", (state) => ({
      ...state,
      source: state.source && { ...state.source, lag: 300 },
    })),
  "storage disk nfs1": (nodes) =>
    nodes.tell<DrbdState>("nfs1", "drbd state", (state) => ({ ...state, peerDisk: "Inconsistent" })),
  "pair lb quorum lb2": (nodes) =>
    nodes.tell<QuorumState>("lb2", "quorum state", (state) => ({ ...state, quorate: false })),
  "pair nfs votes nfs1": (nodes) =>
    nodes.tell<QuorumState>("nfs1", "quorum state", (state) => ({ ...state, votes: 2 })),
  // Pacemaker tells both nodes of it.
  "fencing failed db2": (nodes) => {
    for (const name of ["db1", "db2"]) {
      nodes.tell<PairStatus>(name, "pacemaker status", (state) => ({
        ...state,
        fenced: [{ target: "db2", action: "reboot", status: "failed", at: "" }],
      }));
    }
  },
  "node web1 service nginx": (nodes) =>
    nodes.tell<Record<string, string>>("web1", "unit states", (units) => ({ ...units, nginx: "failed" })),
  "moved db": (nodes) => {
    nodes.tell<DatabaseState>("db1", "database state", (state) => ({ ...state, readOnly: true }));
    nodes.tell<DatabaseState>("db2", "database state", (state) => ({ ...state, readOnly: false }));
  },
};

describe("what breaks", () => {
  it.each(Object.entries(faults))("%s is found", async (key, fault) => {
    const concerns = await found(fault);
    const concern = concerns.find((one) => one.key === key);
    expect(concern).toBeDefined();
    expect(concern?.title).not.toMatch(/\.$/);
    expect(concern?.next?.command).toMatch(/ demo$/);
  });
  it("two writers are told whatever a run does", async () => {
    expect(await found((nodes) => faults["database two"]?.(nodes))).toContainEqual(
      expect.objectContaining({ key: "database two", severity: "critical", always: true }),
    );
  });
});

const facts = ["database state", "drbd state", "pacemaker status", "quorum state", "interfaces", "unit states", "wire"];
const blindness = fc.record({
  dead: fc.subarray(cluster.nodes.map(({ name }) => name)),
  hidden: fc.array(fc.tuple(fc.constantFrom(...cluster.nodes.map(({ name }) => name)), fc.constantFrom(...facts))),
});

describe("whatever cannot be read", () => {
  it("nothing that is well is taken for broken, but that nodes do not answer", async () => {
    await fc.assert(
      fc.asyncProperty(blindness, async ({ dead, hidden }) => {
        const keys = await keysOf((nodes) => {
          for (const name of dead) nodes.dead.add(name);
          for (const [name, fact] of hidden) nodes.hide(name, fact);
        });
        expect(keys.filter((key) => key !== "reach" && !dead.some((name) => key === `node ${name} gone`))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
  it.each(Object.entries(faults))("%s is never taken for healed", async (key, fault) => {
    await fc.assert(
      fc.asyncProperty(blindness, async ({ dead, hidden }) => {
        const nodes = watchedNodes(cluster);
        fault(nodes);
        for (const name of dead) nodes.dead.add(name);
        for (const [name, fact] of hidden) nodes.hide(name, fact);
        const { concerns, unknown } = await judge(nodes);
        expect(concerns.some((one) => one.key === key) || unknown.some((words) => covers(words, key))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe("what moved", () => {
  const move = async (from: Homes, explained: boolean, at = now) => {
    const nodes = watchedNodes(cluster);
    faults["moved db"]?.(nodes);
    return judgeMoves(await seenAt(nodes), from, { now: at, explained });
  };
  it("belongs where a run moved it, which is news", async () => {
    const { judged, planned, homes: after } = await move(homes, true);
    expect(judged.concerns).toEqual([]);
    expect(planned).toEqual([{ role: "db", from: "db1", to: "db2" }]);
    expect(after.db).toEqual({ node: "db2", moved: null });
  });
  it("belongs where it is at the first look, and a day after it went there", async () => {
    expect((await move({}, false)).judged.concerns).toEqual([]);
    const { homes: first, judged } = await move(homes, false);
    expect(judged.concerns).toMatchObject([{ key: "moved db" }]);
    const later = await move(first, false, now + settledMs);
    expect(later).toMatchObject({ judged: { concerns: [] }, homes: { db: { node: "db2", moved: null } } });
  });
});
