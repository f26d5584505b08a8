import { afterEach, expect, test } from "vitest";
import { eventOf, never, openWorld, testPlaybook, type World } from "./fixture.ts";
import { onBothStores } from "./stores.ts";

const worlds: World[] = [];
const world = async (...parts: Parameters<typeof openWorld>) => {
  const made = await openWorld(...parts);
  worlds.push(made);
  return made;
};
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close();
});

const demo = { cluster: "demo" };
const said = (sentence: string, changed = 0) => Promise.resolve({ sentence, changed });
const ok = { ok: true, verdict: "consistent" };

onBothStores((store) => {
  test("closing in mid-step leaves the run as it is, and the next engine takes it up", async () => {
    const place = await store.place();
    const counts = { first: 0, second: 0 };
    let stuck = true;
    const playbook = testPlaybook({
      run: async (run) => {
        const drawn = await run.step<number>({ name: "first", title: "First" }, async () => {
          counts.first += 1;
          return { sentence: "Drawn.", value: 42 };
        });
        await run.step({ name: "second", title: "Second" }, async ({ signal }) => {
          counts.second += 1;
          if (stuck)
            await new Promise((_resolve, reject) =>
              signal.addEventListener("abort", () => reject(signal.reason as Error)),
            );
          return { sentence: "Done." };
        });
        return { ok: true, verdict: String(drawn) };
      },
    });
    const before = await openWorld([playbook], { place });
    const { runId } = await before.engine.start(playbook, demo, "alice");
    await eventOf(before.engine, runId, "step.started", 2);
    await before.close();
    stuck = false;
    const { engine } = await world([playbook], { place });
    const view = await engine.finished(runId, never);
    expect(view).toMatchObject({ state: "done", resumed: 1, result: { verdict: "42" } });
    expect(view.steps.map(({ name }) => name)).toEqual(["first", "second"]);
    expect(counts).toEqual({ first: 1, second: 2 });
  });

  test("a crash between the end of a step and its line in the journal loses neither", async () => {
    const place = await store.place();
    let count = 0;
    let hold = true;
    const playbook = testPlaybook({
      run: async (run) => {
        await run.step({ name: "first", title: "First" }, () => said(`Done ${(count += 1)} time.`, 1));
        await run.step({ name: "second", title: "Second" }, async () => {
          if (hold) await new Promise(() => undefined);
          return { sentence: "Done." };
        });
        return ok;
      },
    });
    const before = await openWorld([playbook], { place });
    const { runId } = await before.engine.start(playbook, demo, "alice");
    await eventOf(before.engine, runId, "step.started", 2);
    await before.engine.close();
    const lost = await before.state.store.all("delete from events where json like '%step.finished%' returning seq");
    expect(lost).toHaveLength(1);
    await before.state.close();
    hold = false;
    const { engine } = await world([playbook], { place });
    const view = await engine.finished(runId, never);
    expect(view).toMatchObject({ state: "done", changed: 1 });
    expect(view.steps[0]).toMatchObject({ state: "done", sentence: "Done 1 time." });
  });

  test("a run of a playbook that has changed since fails in plain words", async () => {
    const place = await store.place();
    const playbook = testPlaybook({
      run: async (run) => {
        await run.step({ name: "hold", title: "Hold" }, () => new Promise<never>(() => undefined));
        return ok;
      },
    });
    const before = await openWorld([playbook], { place });
    const { runId } = await before.engine.start(playbook, demo, "alice");
    await eventOf(before.engine, runId, "step.started");
    await before.close();
    const { engine } = await world([{ ...playbook, version: 2 }], { place });
    expect(await engine.finished(runId, never)).toMatchObject({
      state: "failed",
      failure: {
        code: "playbook_changed",
        state: "No change was completed; “Hold” was under way and may be half done.",
      },
    });
  });
});
