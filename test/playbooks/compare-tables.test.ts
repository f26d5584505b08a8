import { expect, it } from "vitest";
import type { Told } from "../../src/core/fact.ts";
import type { Json } from "../../src/core/json.ts";
import type { Checksums } from "../../src/ops/facts/checksums.ts";
import { compareTables } from "../../playbooks/steps/compare-tables.ts";
import type { Asking } from "../../playbooks/steps/inspection.ts";
import { recordedCluster } from "../fixtures/recorded.ts";

const minute = 60_000;

/** Two databases with these tables, and a clock that can be moved on. */
function world(of: Record<string, Told<Checksums>>) {
  let now = Date.parse("2026-11-25T12:00:00Z");
  let kept: { at: string; facts: Json } | undefined;
  let asked = 0;
  const services = {
    clock: { now: () => now },
    sights: {
      last: async () => kept,
      keep: async (_: string, __: string, facts: Json) => void (kept = { at: new Date(now).toISOString(), facts }),
    },
    fleet: (_: string, { name }: { name: string }) => ({
      read: async () => {
        asked += 1;
        return [[of[name]]];
      },
    }),
  };
  const asking = {
    services,
    cluster: recordedCluster(),
    context: { signal: AbortSignal.any([]) },
  } as unknown as Asking;
  return { look: () => compareTables(asking), pass: (ms: number) => (now += ms), asked: () => asked };
}
const known = (value: Checksums): Told<Checksums> => ({ known: true, value });

it("says which tables differ, and still says so while they are not compared again", async () => {
  const { look, pass, asked } = world({ db1: known({ a: "1", b: "2" }), db2: known({ a: "1", b: "3", c: "4" }) });
  const [found] = await look();
  expect(found).toMatchObject({ level: "degraded", says: expect.stringMatching(/^b, c differ .*compared just now/) });
  pass(4 * minute);
  const [again] = await look();
  expect(again).toMatchObject({ level: "degraded", says: expect.stringMatching(/^b, c differ .*compared 4 min/) });
  expect(asked()).toBe(2);
  pass(6 * minute);
  await look();
  expect(asked()).toBe(4);
});

it("never takes what one database did not tell for the same", async () => {
  const { look, pass } = world({ db1: known({ a: "1" }), db2: { known: false, why: "table checksums was not told" } });
  expect(await look()).toEqual([{ level: "unknown", says: "db2: table checksums was not told" }]);
  pass(minute);
  expect(await look()).toMatchObject([{ level: "unknown" }]);
});

it("notes that all is the same", async () => {
  const { look } = world({ db1: known({ a: "1" }), db2: known({ a: "1" }) });
  expect(await look()).toEqual([{ level: "note", says: "1 table has the same content on both (compared just now)" }]);
});
