import { expect, test } from "vitest";
import type { Store } from "../../src/engine/store/port.ts";
import { FakeMouth } from "../fakes/mouth.ts";
import { eventOf, heardAt, never, openWorld, testPlan, testPlaybook } from "./fixture.ts";
import { onBothStores } from "./stores.ts";

const day = 24 * 3600 * 1000;
const playbook = testPlaybook({
  plan: async (_context, { cluster }) => testPlan("reversible", cluster),
  run: async (run) => {
    await run.step({ name: "one", title: "One" }, async () => ({ sentence: "Done.", changed: 1 }));
    return { ok: true, verdict: "consistent" };
  },
});

/** Rows of each table. */
async function rows(store: Store): Promise<Record<string, number>> {
  const { workflowRuns, workflowSignals } = store;
  const steps = workflowRuns.replace("workflow_runs", "step_attempts");
  const tables = ["runs", "approvals", "votes", "code_failures", "run_places", "outbox"];
  const found: Record<string, number> = {};
  for (const table of [...tables, workflowRuns, steps, workflowSignals]) {
    const row = await store.get(`select count(*) as count from ${table}`);
    found[table.replace("openworkflow.", "")] = Number(row?.["count"]);
  }
  return found;
}

onBothStores(({ place: newPlace }) => {
  test("what chat and the durable engine need of a run goes in time; what it did, and who wanted it, stays", async () => {
    const mouth = new FakeMouth();
    const place = await newPlace();
    const options = { place, mouths: [mouth] };
    const { engine, state, clock, close } = await openWorld([playbook], options);
    const { runId } = await engine.start(playbook, { cluster: "demo" }, "alice", ["fake:C1"]);
    const { approval } = await eventOf(engine, runId, "approval.requested");
    await eventOf(engine, runId, "step.started", 2);
    // Parked by now, so that a signal wakes it.
    await expect.poll(async () => (await state.store.get("select parked from runs"))?.["parked"]).toBe(1);
    const { id, hash } = approval;
    await engine.decide({ approvalId: id, hash, verdict: "approved", actor: "bob", via: "console" });
    const view = await engine.finished(runId, never);
    await state.store.run("insert into code_failures values (?, 'bob', 1)", [id]);
    await engine.lock("prod", "alice", "until spring");
    const waiting = await engine.start(playbook, { cluster: "prod" }, "alice", ["fake:C1"]);
    await mouth.until(() => mouth.messages.length === 2 && mouth.messages[0]?.lines.length === 3);
    await expect.poll(() => engine.outbox.age()).toBe(0);
    const before = await rows(state.store);
    await close();

    /** What is left after a day on which the bot was started. */
    const left = async (days: number) => {
      clock.pass(days * day);
      const world = await openWorld([playbook], { ...options, clock });
      expect(await world.engine.view(runId)).toEqual(view);
      await world.engine.close();
      const found = await rows(world.state.store);
      await world.state.close();
      return found;
    };
    expect(Math.min(...Object.values(before))).toBeGreaterThan(0);
    expect(await left(29)).toEqual(before);
    const noEngine = { workflow_runs: 0, step_attempts: 0, workflow_signals: 0 };
    expect(await left(2)).toEqual({ ...before, ...noEngine });
    expect(await left(58)).toEqual({ ...before, ...noEngine });
    const noChat = { approvals: 0, votes: 0, code_failures: 0, run_places: 1, outbox: 1 };
    expect(await left(2)).toEqual({ ...before, ...noEngine, ...noChat });

    const { engine: later, ...rest } = await openWorld([playbook], { ...options, clock });
    expect((await later.audit.verify()).ok).toBe(true);
    await later.unlock("prod", "alice", null);
    await eventOf(later, waiting.runId, "approval.requested");
    await mouth.until(() => mouth.messages[1]?.cards.at(-1)?.question != null);
    expect(mouth.messages).toHaveLength(2);
    await rest.close();
  });

  test("what nobody could be told is given up, so that a chat which comes back is not flooded", async () => {
    const place = await newPlace();
    const first = await openWorld([playbook], { place, routesFor: heardAt({ audit: ["gone:C1"] }) });
    await first.engine.audit.record({ kind: "test", actor: null, cluster: null, data: {} });
    await first.close();
    const { clock } = first;
    clock.pass(day);
    const second = await openWorld([playbook], { place, clock, routesFor: heardAt({ audit: ["gone:C1"] }) });
    await second.close();
    for (const [days, count] of [
      [6, 1],
      [2, 0],
    ] as const) {
      clock.pass(days * day);
      const world = await openWorld([playbook], { place, clock });
      await world.engine.close();
      expect(await rows(world.state.store)).toMatchObject({ outbox: count });
      await world.state.close();
    }
  });
});
