import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { AuditRecord } from "../../src/core/audit.ts";
import { canonicalJson } from "../../src/core/json.ts";
import type { Json } from "../../src/core/json.ts";
import { runCard } from "../../src/core/run-card.ts";
import { beside, never, openWorld, testPlan, testPlaybook } from "./fixture.ts";
import { dropTriggers, literal, openRaw } from "./raw.ts";
import { onBothStores, onPostgres } from "./stores.ts";

const demo = { cluster: "demo" };
const twoSteps = testPlaybook({
  plan: async (_context, { cluster }) => testPlan("reversible", cluster),
  run: async (run) => {
    await run.step({ name: "one", title: "One" }, async ({ say }) => {
      say("At it.");
      return { sentence: "One is done.", changed: 1 };
    });
    return { ok: true, verdict: "consistent" };
  },
});
const fact = (word: string, data: Json = { word }) => ({ kind: "test", actor: "alice", cluster: null, data });
const columns = ["seq", "at", "kind", "actor", "cluster", "json", "prev", "hash"] as const;

type Tampering =
  | { readonly how: "alter"; readonly seq: number; readonly column: (typeof columns)[number]; readonly value: string }
  | { readonly how: "blank" | "remove"; readonly seq: number }
  | { readonly how: "swap"; readonly seq: number; readonly other: number };

/** What somebody with the database's password might do to one of `count` records. */
function tampering(count: number): fc.Arbitrary<Tampering> {
  const seq = fc.integer({ min: 1, max: count });
  const column = fc.constantFrom(...columns);
  return fc.oneof(
    fc.record({ how: fc.constant("alter" as const), seq, column, value: fc.string() }),
    fc.record({ how: fc.constantFrom("blank" as const, "remove" as const), seq }),
    fc.record({ how: fc.constant("swap" as const), seq, other: seq }).filter((two) => two.seq !== two.other),
  );
}

/** The statements that do it, on a record that was written as `before`. */
function statements(did: Tampering, before: AuditRecord): string[] {
  const at = `where seq = ${did.seq}`;
  switch (did.how) {
    case "remove":
      return [`delete from audit ${at}`];
    case "blank":
      // The same data in other words.
      return [`update audit set json = json || ' ' ${at}`];
    case "swap":
      return [
        `update audit set seq = -1 ${at}`,
        `update audit set seq = ${did.seq} where seq = ${did.other}`,
        `update audit set seq = ${did.other} where seq = -1`,
      ];
    case "alter": {
      const value = did.column === "seq" ? 1000 + did.value.length : did.value;
      const old = did.column === "json" ? canonicalJson(before.data) : before[did.column];
      return value === old ? [] : [`update audit set ${did.column} = ${literal(value)} ${at}`];
    }
  }
}

onBothStores(({ kind, place: newPlace }) => {
  test("a run is recorded from its beginning to its end, and its card shows the head that stands for all of it", async () => {
    const { engine, state, close } = await openWorld([twoSteps], { place: await newPlace() });
    const { runId } = await engine.start(twoSteps, demo, "alice");
    const { promise: asked, resolve } = Promise.withResolvers<string>();
    engine.subscribe(runId, (event) => event.kind === "approval.requested" && resolve(event.approval.hash));
    await engine.decide({
      approvalId: `${runId}:1`,
      hash: await asked,
      verdict: "approved",
      actor: "bob",
      via: "console",
    });
    const view = await engine.finished(runId, never);
    const records = await engine.audit.records();
    expect(records.map((record) => [record.kind, record.actor, record.cluster])).toEqual([
      ["run.queued", "alice", "demo"],
      ["run.started", "alice", "demo"],
      ["step.finished", "alice", "demo"],
      ["approval.requested", "alice", "demo"],
      ["approval.decided", "bob", "demo"],
      ["step.finished", "alice", "demo"],
      ["step.finished", "alice", "demo"],
      ["step.finished", "alice", "demo"],
      ["run.finished", "alice", "demo"],
    ]);
    expect(records[7]?.data).toMatchObject({ run: runId, step: "one", sentence: "One is done.", changed: 1 });
    const row = await state.store.get("select json from events where run_id = ? and json like ?", [
      runId,
      '%"One is done."%',
    ]);
    const digest = createHash("sha256").update(String(row?.["json"])).digest("hex");
    expect(records[7]?.data).toMatchObject({ digest });
    expect(view.head).toBe(records.at(-1)?.hash);
    expect(runCard(view).facts).toContainEqual(["audit", view.head?.slice(0, 12)]);
    expect(await engine.audit.verify(view.head ?? "")).toEqual({ ok: true, head: { seq: 9, hash: view.head } });
    expect(await engine.audit.records(8)).toEqual(records.slice(7));
    expect(await engine.audit.records("2026-01-02T00:00:00.000Z")).toEqual([]);
    await close();
  });

  test("the store itself refuses to change or forget a record", async () => {
    const place = await newPlace();
    const { engine, close } = await openWorld([], { place });
    await engine.audit.record(fact("first"));
    const raw = await openRaw(place);
    await expect(raw.run("update audit set actor = 'mallory'")).rejects.toThrow("append-only");
    await expect(raw.run("delete from audit")).rejects.toThrow("append-only");
    await expect(raw.run("delete from audit_head")).rejects.toThrow("append-only");
    await raw.close();
    await close();
  });

  test("any one record that was altered, removed or moved is found", async () => {
    const place = await newPlace();
    const { engine, close } = await openWorld([], { place });
    for (const word of ["a", "b", "c", "d", "e", "f"]) await engine.audit.record(fact(word));
    const raw = await openRaw(place);
    await dropTriggers(raw, place);
    await raw.run("create table kept as select * from audit");
    const records = await engine.audit.records();
    const property = fc.asyncProperty(tampering(records.length), async (did) => {
      const before = records[did.seq - 1];
      if (before === undefined) throw new Error("no such record");
      const done = statements(did, before);
      for (const sql of done) await raw.run(sql);
      const finding = await engine.audit.verify();
      await raw.run("delete from audit; insert into audit select * from kept");
      expect(finding.ok).toBe(done.length === 0);
      if (!finding.ok && did.how === "alter" && did.column !== "seq") expect(finding.seq).toBe(did.seq);
    });
    await fc.assert(property, { numRuns: kind === "sqlite" ? 200 : 60 });
    expect(await engine.audit.verify()).toMatchObject({ ok: true });
    await raw.close();
    await close();
  });

  test("a tail that was cut off is missed by its number, or else by the head that people hold", async () => {
    const place = await newPlace();
    const { engine, close } = await openWorld([], { place });
    for (const word of ["a", "b", "c"]) await engine.audit.record(fact(word));
    const { hash } = await engine.audit.head();
    const raw = await openRaw(place);
    await dropTriggers(raw, place);
    await raw.run("delete from audit where seq > 1");
    expect(await engine.audit.verify()).toEqual({ ok: false, seq: 2, why: "is missing, and so is all up to 3" });
    await raw.run("update audit_head set seq = 1, hash = (select hash from audit)");
    expect(await engine.audit.verify()).toMatchObject({ ok: true });
    await engine.audit.record(fact("forged"));
    expect(await engine.audit.verify(hash.slice(0, 12))).toMatchObject({ ok: false, seq: 2 });
    await raw.close();
    await close();
  });

  test("many who record at once make one chain, and no secret gets into it", async () => {
    const { engine, state, close } = await openWorld([], { place: await newPlace() });
    const secret = (await state.vault.secrets("demo")).rootPassword.reveal();
    await Promise.all(Array.from({ length: 50 }, (_, at) => engine.audit.record(fact(`${at} ${secret}`))));
    expect(await engine.audit.verify()).toMatchObject({ ok: true, head: { seq: 50 } });
    expect(JSON.stringify(await engine.audit.records())).not.toContain(secret);
    await close();
  });
});

onPostgres((store) => {
  test("instances on one store write one chain", async () => {
    const place = await store.place();
    const worlds = [await openWorld([], { place }), await openWorld([], { place: beside(place) })];
    const writing = worlds.flatMap(({ engine }) => ["a", "b", "c", "d"].map((word) => engine.audit.record(fact(word))));
    await Promise.all(writing);
    expect(await worlds[0]?.engine.audit.verify()).toMatchObject({ ok: true, head: { seq: 8 } });
    for (const { close } of worlds) await close();
  });
});
