import { expect, test, vi } from "vitest";
import { eventOf, never, openWorld, testPlan, testPlaybook } from "./fixture.ts";
import { onBothStores } from "./stores.ts";

const demo = { cluster: "demo" };
const ok = { ok: true, verdict: "consistent" };

/** Two steps; the first ends when the test says so. */
function twoSteps() {
  const held = Promise.withResolvers<void>();
  const counts = { first: 0, second: 0 };
  const playbook = testPlaybook({
    run: async (run) => {
      await run.step({ name: "first", title: "First" }, async () => {
        counts.first += 1;
        await held.promise;
        return { sentence: "Held." };
      });
      await run.step({ name: "second", title: "Second" }, async () => {
        counts.second += 1;
        return { sentence: "Done." };
      });
      return ok;
    },
  });
  return { playbook, counts, release: held.resolve };
}

onBothStores((store) => {
  test("draining waits for the step under way and begins no other; the next engine does", async () => {
    const place = await store.place();
    const { playbook, counts, release } = twoSteps();
    const before = await openWorld([playbook], { place });
    const { runId } = await before.engine.start(playbook, demo, "alice");
    await eventOf(before.engine, runId, "step.started");
    expect(() => before.engine.check()).not.toThrow();
    const drained = before.engine.drain(never);
    expect(() => before.engine.check()).toThrow("It takes no runs any more.");
    release();
    await drained;
    expect(await before.engine.view(runId)).toMatchObject({
      state: "running",
      steps: [{ name: "first", state: "done" }],
    });
    await before.close();
    expect(counts).toEqual({ first: 1, second: 0 });
    const { engine, close } = await openWorld([playbook], { place });
    expect(await engine.finished(runId, never)).toMatchObject({ state: "done", resumed: 1 });
    expect(counts).toEqual({ first: 1, second: 1 });
    await close();
  });

  test("a run that waits for a person, and one that has not begun, are not waited for", async () => {
    const asking = testPlaybook({ plan: async () => testPlan("reversible", "demo"), run: async () => ok });
    const { engine, close } = await openWorld([asking], { place: await store.place() });
    const { runId } = await engine.start(asking, demo, "alice");
    await eventOf(engine, runId, "approval.requested");
    await engine.drain(never);
    const late = await engine.start(asking, { cluster: "other" }, "alice");
    expect(await engine.view(late.runId)).toMatchObject({ state: "queued" });
    await close();
  });

  test("draining ends when its time is up, whatever the steps do", async () => {
    const { playbook } = twoSteps();
    const { engine, close } = await openWorld([playbook], { place: await store.place() });
    const { runId } = await engine.start(playbook, demo, "alice");
    await eventOf(engine, runId, "step.started");
    await engine.drain(AbortSignal.abort());
    expect(await engine.view(runId)).toMatchObject({ steps: [{ name: "first", state: "running" }] });
    await close();
  });

  test("an engine whose store fails says that it takes no runs", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { playbook } = twoSteps();
    const { engine, state, close } = await openWorld([playbook], { place: await store.place() });
    const table = state.store.workflowRuns;
    await state.store.run(`alter table ${table} rename to gone`);
    await vi.waitFor(() => expect(() => engine.check()).toThrow("It could not look for runs"), { timeout: 15_000 });
    await state.store.run(`alter table ${table.replace("workflow_runs", "gone")} rename to workflow_runs`);
    await vi.waitFor(() => expect(() => engine.check()).not.toThrow(), { timeout: 15_000 });
    await close();
  }, 40_000);

  test("a run that was admitted while the durable engine could take nothing begins when it can", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { playbook, release } = twoSteps();
    const { engine, state, close } = await openWorld([playbook], { place: await store.place() });
    const table = state.store.workflowRuns;
    await state.store.run(`alter table ${table} rename to gone`);
    const { runId } = await engine.start(playbook, demo, "alice");
    await state.store.run(`alter table ${table.replace("workflow_runs", "gone")} rename to workflow_runs`);
    release();
    expect(await engine.finished(runId, never)).toMatchObject({ state: "done" });
    await close();
  });
});
