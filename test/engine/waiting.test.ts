import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { Approval } from "../../src/core/approval.ts";
import type { Run } from "../../src/core/playbook.ts";
import { runCard } from "../../src/core/run-card.ts";
import { approvalMs, openApprovals } from "../../src/engine/approvals.ts";
import { openJournal } from "../../src/engine/journal.ts";
import { openState, type Place } from "../../src/engine/state.ts";
import { asksInTheMiddle } from "./asking-child.ts";
import { beside, eventOf, key, never, openWorld, testPlan, testPlaybook, type World } from "./fixture.ts";
import { onBothStores, onPostgres } from "./stores.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close();
});

const demo = { cluster: "demo" };
const ok = { ok: true, verdict: "consistent" };
const yes = ({ id, hash }: Approval) => ({ approvalId: id, hash, verdict: "approved", via: "console" }) as const;

const world = async (...parts: Parameters<typeof openWorld>): Promise<World> => {
  const made = await openWorld(...parts);
  worlds.push(made);
  return made;
};

/** Until as many runs hold nothing any more. */
const parked = ({ store }: World["state"], count: number) =>
  expect
    .poll(() => store.get("select count(*) as n from runs where parked = 1 and instance is null"), { timeout: 20_000 })
    .toEqual({ n: count });

/** Answers on the store itself, while no engine runs. */
async function answerAlone(place: Place, clock: World["clock"], approval: Approval): Promise<void> {
  const state = await openState(place, { NONET_KEY: key }, clock.now);
  const nothing = () => undefined;
  const options = {
    now: clock.now,
    scrub: (text: string) => text,
    routesFor: () => [],
    written: nothing,
    onError: nothing,
  };
  const journal = await openJournal(state.store, options);
  const answer = { ...yes(approval), actor: "bob" };
  expect(await openApprovals(state.store, journal, clock).answer(answer, { kind: "needless" })).toBe(true);
  await journal.close();
  await state.close();
}

const planned = testPlaybook({
  risk: "outage",
  plan: async (_context, { cluster }) => testPlan("outage", cluster),
  run: async () => ok,
});

onBothStores((store) => {
  test("a hundred runs wait at once, and others still run", { timeout: 60_000 }, async () => {
    const other = testPlaybook({ name: "other", run: async () => ok });
    const { engine, state } = await world([planned, other], { place: await store.place() });
    const runIds: string[] = [];
    for (let at = 0; at < 100; at += 1) {
      runIds.push((await engine.start(planned, { cluster: `c${at}` }, "alice")).runId);
    }
    await parked(state, 100);
    expect((await state.store.all(`select worker_id from ${state.store.workflowRuns}`)).map(Object.values)).toEqual(
      Array.from({ length: 100 }, () => [null]),
    );
    const { runId } = await engine.start(other, demo, "alice");
    expect(await engine.finished(runId, never)).toMatchObject({ state: "done" });
    const decided = runIds.map(async (id) => {
      const { approval } = await eventOf(engine, id, "approval.requested");
      await engine.decide({ ...yes(approval), actor: "bob" });
      return engine.finished(id, never);
    });
    for (const view of await Promise.all(decided)) expect(view).toMatchObject({ state: "done", resumed: 0 });
  });

  test("what is decided while no process runs is done at the next start", async () => {
    const place = await store.place();
    const first = await openWorld([planned], { place });
    const { runId } = await first.engine.start(planned, demo, "alice");
    const { approval } = await eventOf(first.engine, runId, "approval.requested");
    await parked(first.state, 1);
    await first.close();
    await answerAlone(place, first.clock, approval);
    const { engine } = await world([planned], { place, clock: first.clock });
    expect(await engine.finished(runId, never)).toMatchObject({ state: "done", resumed: 0, approval: { by: "bob" } });
  });

  test("what expires while no process runs, and later while one does, changes nothing", async () => {
    const place = await store.place();
    const first = await openWorld([planned], { place });
    const { runId } = await first.engine.start(planned, demo, "alice");
    await parked(first.state, 1);
    await first.close();
    first.clock.pass(approvalMs);
    const { engine, clock, state } = await world([planned], { place, clock: first.clock });
    expect(await engine.finished(runId, never)).toMatchObject({ state: "expired" });
    const again = await engine.start(planned, demo, "alice");
    await parked(state, 1);
    clock.pass(approvalMs);
    expect(await engine.finished(again.runId, never)).toMatchObject({ state: "expired", approval: { by: null } });
  });

  test("decided at the moment of a crash: it goes on at the next start", { timeout: 60_000 }, async () => {
    const place = await store.place();
    const url = place.databaseUrl === null ? [] : [place.databaseUrl.reveal()];
    const child = spawn(process.execPath, [join(import.meta.dirname, "asking-child.ts"), place.stateDir, ...url], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
    const { engine } = await world([asksInTheMiddle], { place });
    const [left] = await engine.unfinished();
    expect(left).toMatchObject({ approval: { verdict: "approved", by: "bob" } });
    const view = await engine.finished(left?.id ?? "", never);
    expect(view).toMatchObject({ state: "done", result: { verdict: "approved" } });
    expect(view.steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "look done",
      "promote db2 done",
      "act done",
    ]);
  });

  test("asked in the middle, with the evidence; what is done already is not done again", async () => {
    const { engine, state } = await world([asksInTheMiddle], { place: await store.place() });
    const { runId } = await engine.start(asksInTheMiddle, demo, "alice");
    const { approval } = await eventOf(engine, runId, "approval.requested");
    await parked(state, 1);
    const view = await engine.view(runId);
    const card = view && runCard(view);
    expect(card?.question?.text).toBe(
      "Promote db2? Somebody other than alice must approve: bob. Without an answer by 00:15 UTC db1 stays the primary.",
    );
    expect(card?.facts).toContainEqual(["db1", "silent"]);
    expect(card?.table?.rows).toEqual([["db2", "0 s"]]);
    await expect(engine.decide({ ...yes(approval), actor: "alice" })).rejects.toThrow(
      expect.objectContaining({ code: "needs_second_person" }),
    );
    await engine.decide({ ...yes(approval), actor: "bob" });
    const ended = await engine.finished(runId, never);
    expect(ended).toMatchObject({ state: "done", result: { verdict: "approved" }, changed: 1, resumed: 0 });
  });

  test.each(["rejected", "expired", "cancelled"] as const)("asked in the middle: %s", async (how) => {
    const { engine, state, clock } = await world([asksInTheMiddle], { place: await store.place() });
    const { runId } = await engine.start(asksInTheMiddle, demo, "alice");
    const { approval } = await eventOf(engine, runId, "approval.requested");
    await parked(state, 1);
    if (how === "rejected") await engine.decide({ ...yes(approval), verdict: "rejected", actor: "bob" });
    else if (how === "expired") clock.pass(approvalMs);
    else await engine.cancel(runId, "bob");
    const view = await engine.finished(runId, never);
    if (how === "cancelled") {
      expect(view).toMatchObject({ state: "cancelled", failure: { message: "bob cancelled it." } });
    } else expect(view).toMatchObject({ state: "done", result: { verdict: how }, changed: 0 });
  });

  test("what goes on beside a question comes to its end before the run is put aside", async () => {
    const gate = Promise.withResolvers<void>();
    let count = 0;
    const playbook = testPlaybook({
      run: async (run: Run) => {
        const beside = async (name: string) => {
          await run.step({ name: `${name} one`, title: "One" }, async () => {
            await gate.promise;
            return { sentence: "One." };
          });
          await run.step({ name: `${name} two`, title: "Two" }, async () => ({ sentence: `Two ${(count += 1)}.` }));
        };
        const evidence = { facts: [] };
        const question = { question: "Really?", otherwise: "nothing happens", evidence };
        const ask = () => run.ask({ name: "ask", title: "Ask", risk: "reversible", ...question });
        await run.parallel(["ask", "beside"], async (what) => (what === "ask" ? ask() : beside(what)));
        return ok;
      },
    });
    const { engine, state } = await world([playbook], { place: await store.place() });
    const { runId } = await engine.start(playbook, demo, "alice");
    const { approval } = await eventOf(engine, runId, "approval.requested");
    gate.resolve();
    await parked(state, 1);
    expect(count).toBe(1);
    await engine.decide({ ...yes(approval), actor: "alice" });
    expect(await engine.finished(runId, never)).toMatchObject({ state: "done" });
    expect(count).toBe(1);
  });
});

onPostgres((store) => {
  test("asked by one instance, answered at another, carried on by whoever is there", async () => {
    const place = await store.place();
    const first = await openWorld([asksInTheMiddle], { place });
    const { engine } = await world([asksInTheMiddle], { place: beside(place) });
    const { runId } = await first.engine.start(asksInTheMiddle, demo, "alice");
    const { approval } = await eventOf(engine, runId, "approval.requested");
    await parked(first.state, 1);
    await first.close();
    await engine.decide({ ...yes(approval), actor: "bob" });
    expect(await engine.finished(runId, never)).toMatchObject({ state: "done", changed: 1, resumed: 0 });
  });
});
