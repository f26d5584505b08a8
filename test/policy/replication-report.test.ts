import { describe, expect, it } from "vitest";
import { untold, type Told } from "../../src/core/fact.ts";
import { databaseState, type DatabaseState } from "../../src/ops/facts/database.ts";
import { verdictOf } from "../../src/policy/finding.ts";
import { difference, positions, size, stretchWords } from "../../src/policy/gtid.ts";
import {
  replicationFindings,
  replicationNews,
  replicationTable,
  sightOf,
  type ReplicationSight,
  type ServerLook,
} from "../../src/policy/replication-report.ts";
import { recordedCluster, recordings, type Scene } from "../fixtures/recorded.ts";

const cluster = recordedCluster();
const all = recordings(cluster).filter(({ kind }) => kind === "database");

type Edit = (state: DatabaseState) => DatabaseState;

/** What the databases of a scene said, with some of it changed. */
function looks(scene: Scene, edits: { db1?: Edit; db2?: Edit } = {}): ServerLook[] {
  return all
    .filter((one) => one.scene === scene)
    .map(({ node, output }) => {
      const state = databaseState.parse(output);
      const edit = node.name === "db1" ? edits.db1 : edits.db2;
      return { node, told: { known: true, value: state === null || edit === undefined ? state : edit(state) } };
    });
}

const judge = (scene: ServerLook[], before?: ReplicationSight, writer: string | undefined = "db1") =>
  replicationFindings(cluster, scene, writer, before);
const says = (...asked: Parameters<typeof judge>) => judge(...asked).map((one) => one.says);
const told = (looked: ServerLook[], name: string, value: Told<DatabaseState | null>) =>
  looked.map((look) => (look.node.name === name ? { ...look, told: value } : look));

it("two servers that replicate are consistent", () => {
  expect(judge(looks("healthy"))).toEqual([]);
  expect(replicationTable(looks("healthy"), "db1").rows.slice(0, 4)).toEqual([
    ["role", "writer", "replica"],
    ["accepts writes", "yes", "no"],
    ["receives", "Yes", "Yes"],
    ["applies", "Yes", "Yes"],
  ]);
});

it("names a stopped replication, an errant transaction and a replica that accepts writes", () => {
  expect(says(looks("broken-replication"))).toEqual([
    "db2 accepts writes although db1 is the writer",
    "errant: db2 wrote 2-2-1 to 2-2-2 itself although db1 is the writer; db1 lacks 2 of them",
    "db1 does not receive from db2",
    "db1 stopped applying at binlog.000001:838 of db2",
    "db1 lacks 2 transactions of db2: 2-2-1 to 2-2-2",
  ]);
  expect(verdictOf(judge(looks("broken-replication")))).toMatch(/^split: db2 accepts writes/);
});

describe("errant transactions", () => {
  const clean = looks("healthy", {
    db1: (state) => ({ ...state, written: "1-1-2" }),
    db2: (state) => ({ ...state, written: "1-1-2" }),
  });
  const after = looks("healthy", {
    db1: (state) => ({ ...state, written: "1-1-2,2-2-1" }),
    db2: (state) => ({ ...state, written: "1-1-2,2-2-1" }),
  });
  it("are found by what was there before, once both servers have them", () => {
    const before = sightOf(clean, "db1", undefined);
    expect(says(after, before)).toEqual([
      "errant: db2 wrote 2-2-1 itself although db1 is the writer; db1 has them as well",
    ]);
  });
  it("are still told at the next look, until the writer is another one", () => {
    const first = sightOf(clean, "db1", undefined);
    const second = sightOf(after, "db1", first);
    expect(says(after, second)).toHaveLength(1);
    const moved = sightOf(after, "db2", second);
    expect(moved.since).toEqual({ db1: "1-1-2,2-2-1", db2: "1-1-2,2-2-1" });
  });
  it("of the writer are none", () => {
    const more = looks("healthy", {
      db1: (state) => ({ ...state, written: "1-1-9" }),
      db2: (state) => ({ ...state, written: "1-1-7" }),
    });
    expect(judge(more, sightOf(clean, "db1", undefined))).toEqual([
      { level: "note", says: "db2 lacks 2 transactions of db1: 1-1-8 to 1-1-9" },
    ]);
  });
});

it.each<[string, Edit, string]>([
  ["read only writer", (state) => ({ ...state, readOnly: true }), "db1 is the writer, but read only"],
  [
    "settings",
    (state) => ({ ...state, autoIncrement: { step: 1, offset: 1 } }),
    "db1 has auto-increment in steps of 1 from 1 instead of 2 from 1",
  ],
  ["same id", (state) => ({ ...state, serverId: 2 }), "db1 has server_id 2 instead of 1"],
  ["nobody", (state) => ({ ...state, source: null }), "db1 replicates from nobody"],
  [
    "error",
    (state) => ({
      ...state,
      source: state.source && { ...state.source, applies: "No", applyError: { code: 1062, text: "Duplicate entry" } },
    }),
    "db1 stopped applying at binlog.000001:838 of db2 (error 1062: Duplicate entry)",
  ],
  ["lag", (state) => ({ ...state, source: state.source && { ...state.source, lag: 61 } }), "db1 is 61 s behind"],
])("%s", (_, db1, text) => expect(says(looks("healthy", { db1 }))).toContain(text));

it("what is not known is unknown, and a server that does not answer is told", () => {
  const silent = told(looks("healthy"), "db2", untold("it cannot be reached"));
  expect(judge(silent)).toEqual([{ level: "unknown", says: "db2: it cannot be reached" }]);
  expect(judge(told(looks("healthy"), "db2", { known: true, value: null }))).toEqual([
    { level: "degraded", says: "MariaDB does not answer on db2" },
  ]);
  expect(verdictOf(replicationFindings(cluster, looks("healthy"), undefined, undefined))).toBe(
    "unknown: Pacemaker does not tell who the writer is",
  );
});

it("tells what is new since the last look", () => {
  const before = sightOf(looks("healthy"), "db1", undefined);
  const now = sightOf(looks("broken-replication"), "db1", before);
  const news = replicationNews(before, now, 180_000);
  expect(news[0]).toBe("  since the last inspection, 3 min ago:");
  expect(news).toContain("~ db1 source receives: Yes → No");
  expect(news).toContain("~ db2 readOnly: true → false");
  expect(replicationNews(before, before, 0)).toEqual([]);
  expect(replicationNews(undefined, now, 0)).toEqual([]);
});

it("subtracts positions domain by domain", () => {
  const lacks = difference(positions("1-1-120,2-2-7,3-3-1"), positions("1-1-118,2-2-9"));
  expect(stretchWords(lacks)).toBe("1-1-119 to 1-1-120, 3-3-1");
  expect(size(lacks)).toBe(3n);
});
