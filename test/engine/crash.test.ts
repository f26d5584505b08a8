import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { openState, type Place } from "../../src/engine/state.ts";
import { threeSteps } from "./child.ts";
import { beside, eventOf, freshDir, key, never, openWorld, testPlaybook, type World } from "./fixture.ts";
import { postgresServer } from "./postgres.ts";
import { onBothStores, onPostgres } from "./stores.ts";

const children: ChildProcess[] = [];
const worlds: World[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const one of worlds.splice(0)) await one.close();
});

const demo = { cluster: "demo" };
const newEffects = (): string => join(freshDir(), "effects");
const lines = (effects: string): string[] => readFileSync(effects, "utf8").trim().split("\n").toSorted();

/** A process whose run hangs in the middle of step “two b”. */
async function hangingChild({ stateDir, databaseUrl }: Place, effects: string): Promise<ChildProcess> {
  const url = databaseUrl === null ? [] : [databaseUrl.reveal()];
  const child = spawn(process.execPath, [join(import.meta.dirname, "child.ts"), stateDir, effects, ...url], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function world(place: Place, effects: string): Promise<World> {
  const made = await openWorld([threeSteps(effects, false)], { place });
  worlds.push(made);
  return made;
}

onBothStores((store) => {
  test("after kill -9 in mid-step the next start carries on, and no finished step is repeated", async () => {
    const place = await store.place();
    const effects = newEffects();
    const child = await hangingChild(place, effects);
    await kill(child);
    const { engine } = await world(place, effects);
    const [left] = await engine.unfinished();
    const again = await engine.start(threeSteps(effects, false), demo, "bob");
    expect(again).toEqual({ runId: left?.id, joined: true });
    const view = await engine.finished(again.runId, never);
    expect(view).toMatchObject({ state: "done", resumed: 1, result: { verdict: `drawn by ${child.pid}` } });
    // What runs side by side may begin in any order.
    const steps = view.steps.map(({ name, state }) => `${name} ${state}`).toSorted();
    expect(steps).toEqual(["one done", "three done", "two a done", "two b done"]);
    expect(lines(effects)).toEqual(["one", "three", "two a", "two b", "two b"]);
  });

  test("a second process is told who holds the folder, and gets it once that one is dead", async () => {
    const place = await store.place();
    const child = await hangingChild(place, newEffects());
    await expect(openState(place, { NONET_KEY: key })).rejects.toThrow(
      expect.objectContaining({ code: "store_in_use", message: expect.stringContaining(`process ${child.pid} `) }),
    );
    await kill(child);
    await (await openState(place, { NONET_KEY: key })).close();
  });
});

onPostgres((store) => {
  test("another instance takes the run up after kill -9, and is heard everywhere", { timeout: 60_000 }, async () => {
    const place = await store.place();
    const effects = newEffects();
    const child = await hangingChild(place, effects);
    const { engine } = await world(beside(place), effects);
    const [left] = await engine.unfinished();
    const runId = left?.id ?? "";
    const listening = await world(beside(place), effects);
    const heard = listening.engine.finished(runId, never);
    await kill(child);
    const view = await engine.finished(runId, never);
    expect(view).toMatchObject({ state: "done", resumed: 1, result: { verdict: `drawn by ${child.pid}` } });
    expect(await heard).toEqual(view);
    expect(lines(effects)).toEqual(["one", "three", "two a", "two b", "two b"]);
  });

  test("a process that was frozen writes nothing after another took its run up", { timeout: 60_000 }, async () => {
    const place = await store.place();
    const effects = newEffects();
    const child = await hangingChild(place, effects);
    const { engine, state } = await world(beside(place), effects);
    const [left] = await engine.unfinished();
    const runId = left?.id ?? "";
    child.kill("SIGSTOP");
    const view = await engine.finished(runId, never);
    expect(view).toMatchObject({ state: "done", resumed: 1 });
    const journal = () => state.store.all("select * from events order by run_id, seq");
    const before = await journal();
    child.kill("SIGCONT");
    expect(String((await once(child.stdout ?? child, "data"))[0])).toBe("halted\n");
    // It lives on under another name once it has understood.
    await expect.poll(() => state.store.all("select id from instances"), { timeout: 20_000 }).toHaveLength(2);
    expect(await journal()).toEqual(before);
    expect(lines(effects)).toEqual(["one", "three", "two a", "two b", "two b"]);
  });

  test("PostgreSQL stopped and started in mid-run: the run goes on, and is heard elsewhere", async () => {
    const place = await store.place();
    const gate = Promise.withResolvers<void>();
    const playbook = testPlaybook({
      run: async (run) => {
        await run.step({ name: "hold", title: "Hold" }, async () => {
          await gate.promise;
          return { sentence: "Held." };
        });
        return { ok: true, verdict: "consistent" };
      },
    });
    const open = async (at: Place): Promise<World> => {
      const made = await openWorld([playbook], { place: at });
      worlds.push(made);
      return made;
    };
    const first = await open(place);
    const second = await open(beside(place));
    const { runId } = await first.engine.start(playbook, demo, "alice");
    const heard = second.engine.finished(runId, never);
    await eventOf(second.engine, runId, "step.started");
    await (await postgresServer()).restart(() => Promise.resolve());
    gate.resolve();
    expect(await first.engine.finished(runId, never)).toMatchObject({ state: "done" });
    expect(await heard).toMatchObject({ state: "done" });
  });
});
