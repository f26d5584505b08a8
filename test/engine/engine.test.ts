import { afterEach, expect, test } from "vitest";
import type { Playbook, Run } from "../../src/core/playbook.ts";
import type { Usual } from "../../src/core/journal.ts";
import { eventOf, never, openWorld, testPlaybook, type Input, type World } from "./fixture.ts";
import { onBothStores } from "./stores.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close();
});

const demo = { cluster: "demo" };
const said = (sentence: string, changed = 0) => Promise.resolve({ sentence, changed });
const ok = { ok: true, verdict: "consistent" };
/** A playbook with one step that ends when the test says so. */
function held(): { playbook: Playbook<Input>; release: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const run = async (run: Run) => {
    await run.step({ name: "hold", title: "Hold" }, async () => {
      await promise;
      return { sentence: "Held." };
    });
    return ok;
  };
  return { playbook: testPlaybook({ run }), release: resolve };
}

onBothStores(({ place }) => {
  const world = async (playbooks: readonly Playbook<Input>[]) => {
    const made = await openWorld(playbooks, { place: await place() });
    worlds.push(made);
    return made;
  };

  test("a run journals its steps and ends with the playbook's result", async () => {
    const playbook = testPlaybook({
      run: async (run) => {
        const names = await run.parallel(["db1", "db2"], (node) =>
          run.step<string>({ name: `make ${node}`, title: `Make ${node}`, node }, async ({ say }) => {
            say("Half done.");
            say("Half done.");
            return { sentence: `${node} was made.`, value: node.toUpperCase(), changed: 1 };
          }),
        );
        return { ok: true, verdict: names.join() };
      },
    });
    const { engine } = await world([playbook]);
    const { runId } = await engine.start(playbook, demo, "alice");
    const kinds: string[] = [];
    engine.subscribe(runId, ({ kind }) => kinds.push(kind));
    const view = await engine.finished(runId, never);
    expect(view).toMatchObject({ state: "done", changed: 2, actor: "alice", cluster: "demo", resumed: 0 });
    expect(view.result).toEqual({ ok: true, verdict: "DB1,DB2" });
    const steps = view.steps.map(({ state, sentence, node }) => `${node}: ${state}. ${sentence}`);
    expect(steps.toSorted()).toEqual(["db1: done. db1 was made.", "db2: done. db2 was made."]);
    expect(kinds.filter((kind) => kind === "step.said")).toHaveLength(2);
    expect(await engine.unfinished()).toEqual([]);
  });

  test("a failed step fails the run with its node, and the same command then starts anew", async () => {
    let broken = true;
    const playbook = testPlaybook({
      run: async (run) => {
        await run.step({ name: "first", title: "First" }, () => said("Done.", 1));
        await run.step({ name: "second", title: "Second", node: "db1" }, () =>
          broken ? Promise.reject(new TypeError("it broke")) : said("Done."),
        );
        return ok;
      },
    });
    const { engine } = await world([playbook]);
    const first = await engine.start(playbook, demo, "alice");
    const failed = await engine.finished(first.runId, never);
    expect(failed).toMatchObject({
      state: "failed",
      changed: 1,
      result: null,
      failure: { code: "internal", node: "db1" },
    });
    expect(failed.steps.map(({ state }) => state)).toEqual(["done", "failed"]);
    broken = false;
    const second = await engine.start(playbook, demo, "bob");
    expect(second).toMatchObject({ joined: false });
    expect(second.runId).not.toBe(first.runId);
    expect(await engine.finished(second.runId, never)).toMatchObject({ state: "done", actor: "bob" });
  });

  test("parallel work waits for all of it and names every failure", async () => {
    const playbook = testPlaybook({
      run: async (run) => {
        await run.parallel(["db1", "db2", "db3"], (node) =>
          run.step({ name: node, title: node, node }, () =>
            node === "db2" ? said("Fine.") : Promise.reject(new TypeError(`${node} is on fire.`)),
          ),
        );
        return ok;
      },
    });
    const { engine } = await world([playbook]);
    const { runId } = await engine.start(playbook, demo, "alice");
    const { failure, steps } = await engine.finished(runId, never);
    expect(failure).toMatchObject({ node: "db1" });
    expect(failure?.message).toMatch(/db1 is on fire.*db3: .*db3 is on fire/s);
    expect(Object.fromEntries(steps.map(({ name, state }) => [name, state]))).toEqual({
      db1: "failed",
      db2: "done",
      db3: "failed",
    });
  });

  test("the same command joins the unfinished run; another waits until it has ended, reading does not", async () => {
    const { playbook, release } = held();
    const other = testPlaybook({ name: "other", run: async () => ok });
    const reading = testPlaybook({ name: "reading", risk: "read", run: async () => ok });
    const { engine } = await world([playbook, other, reading]);
    const { runId } = await engine.start(playbook, demo, "alice");
    expect(await engine.start(playbook, demo, "bob")).toEqual({ runId, joined: true });
    const next = await engine.start(other, demo, "bob");
    expect(await engine.view(next.runId)).toMatchObject({ state: "queued", waits: { position: 1 } });
    const read = await engine.start(reading, demo, "bob");
    expect(await engine.finished(read.runId, never)).toMatchObject({ state: "done" });
    const elsewhere = await engine.start(other, { cluster: "prod" }, "bob");
    expect(await engine.finished(elsewhere.runId, never)).toMatchObject({ state: "done" });
    release();
    expect(await engine.finished(next.runId, never)).toMatchObject({ state: "done" });
    expect(await engine.view(runId)).toMatchObject({ state: "done" });
    expect(await engine.start(other, demo, "bob")).toMatchObject({ joined: false });
  });

  test("how long a run and its steps usually take is the median of those that changed something", async () => {
    const seconds = [30, 10, 20];
    const playbook = testPlaybook({
      run: async (run) => {
        await run.step({ name: "wait", title: "Wait" }, async () => {
          clock.pass((seconds.shift() ?? 1000) * 1000);
          return { sentence: "Waited.", changed: 1 };
        });
        return ok;
      },
    });
    const { engine, clock } = await world([playbook]);
    const usual: Usual[] = [];
    for (let round = 0; round < 4; round += 1) {
      const { runId } = await engine.start(playbook, demo, "alice");
      usual.push((await engine.finished(runId, never)).usual);
    }
    expect(usual).toEqual([
      { run: null, steps: {} },
      { run: 30, steps: { wait: 30 } },
      { run: 30, steps: { wait: 30 } },
      { run: 20, steps: { wait: 20 } },
    ]);
  });

  test("cancelling aborts the step at work and begins no other", async () => {
    const playbook = testPlaybook({
      run: async (run) => {
        await run.step(
          { name: "first", title: "First" },
          ({ signal }) =>
            new Promise<never>((_resolve, reject) =>
              signal.addEventListener("abort", () => reject(signal.reason as Error)),
            ),
        );
        return ok;
      },
    });
    const { engine } = await world([playbook]);
    const { runId } = await engine.start(playbook, demo, "alice");
    await eventOf(engine, runId, "step.started");
    await engine.cancel(runId, "bob");
    const view = await engine.finished(runId, never);
    expect(view).toMatchObject({ state: "cancelled", failure: { code: "cancelled", message: "bob cancelled it." } });
  });

  test("cancelling leaves what is steady to its end", async () => {
    const finish = Promise.withResolvers<void>();
    const seen = Promise.withResolvers<boolean[]>();
    const playbook = testPlaybook({
      run: async (run) => {
        await run.step({ name: "apply", title: "Apply" }, async ({ signal, steady }) => {
          signal.addEventListener("abort", () => seen.resolve([signal.aborted, steady.aborted]));
          await finish.promise;
          return { sentence: "Applied.", changed: 1 };
        });
        await run.step({ name: "next", title: "Next" }, () => said("Never."));
        return ok;
      },
    });
    const { engine } = await world([playbook]);
    const { runId } = await engine.start(playbook, demo, "alice");
    await eventOf(engine, runId, "step.started");
    await engine.cancel(runId, "bob");
    expect(await seen.promise).toEqual([true, false]);
    finish.resolve();
    const view = await engine.finished(runId, never);
    expect(view).toMatchObject({ state: "cancelled", changed: 1 });
    expect(view.steps.map(({ name, state }) => [name, state])).toEqual([
      ["apply", "done"],
      ["next", "failed"],
    ]);
  });

  test("bad input is refused before anything is written", async () => {
    const playbook = testPlaybook({ run: async () => ok });
    const { engine } = await world([playbook]);
    await expect(engine.start(playbook, { cluster: 1 } as never, "alice")).rejects.toMatchObject({ code: "bad_input" });
    expect(await engine.unfinished()).toEqual([]);
  });

  test("secrets in sentences, values and failures are scrubbed", async () => {
    let password = "";
    const playbook = testPlaybook({
      run: async (run) => {
        await run.step({ name: "leak", title: "Leak" }, async ({ say }) => {
          password = (await run.services.vault.secrets("demo")).databasePassword.reveal();
          say(`It is ${password}`);
          return { sentence: `Really ${password}`, value: { password } };
        });
        throw new TypeError(`all of it: ${password}`);
      },
    });
    const { engine, state } = await world([playbook]);
    const { runId } = await engine.start(playbook, demo, "alice");
    await engine.finished(runId, never);
    const { store } = state;
    const dump = async (table: string) => JSON.stringify(await store.all(`select * from ${table}`));
    expect(password).not.toBe("");
    const attempts = store.workflowRuns.replace("workflow_runs", "step_attempts");
    for (const table of ["events", attempts, store.workflowRuns]) expect(await dump(table)).not.toContain(password);
    expect(await dump("events")).toContain("Really ••••");
  });
});
