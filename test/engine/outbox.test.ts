import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { ChatFailure } from "../../src/engine/outbox.ts";
import { openRaw } from "./raw.ts";
import { FakeMouth } from "../fakes/mouth.ts";
import { beside, eventOf, heardAt, never, openWorld, testPlan, testPlaybook, type World } from "./fixture.ts";
import { onBothStores, onPostgres } from "./stores.ts";

const demo = { cluster: "demo" };
const minute = 60_000;
const worlds: World[] = [];
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close();
});

async function open(...args: Parameters<typeof openWorld>): Promise<World> {
  const world = await openWorld(...args);
  worlds.push(world);
  return world;
}

/** A playbook of three steps, each of which ends when the test says so. */
function stepwise() {
  const gates = ["one", "two", "three"].map((name) => ({ name, ...Promise.withResolvers<void>() }));
  const playbook = testPlaybook({
    run: async (run) => {
      for (const { name, promise } of gates) {
        await run.step({ name, title: name }, async () => {
          await promise;
          return { sentence: `${name} is done.`, changed: 1 };
        });
      }
      return { ok: true, verdict: "consistent" };
    },
  });
  return { playbook, pass: (...at: number[]) => at.forEach((index) => gates[index]?.resolve()) };
}

/** The message has shown the run's end, and the line for it is said. */
const ended =
  (mouth: FakeMouth, at = 0) =>
  () => {
    const message = mouth.messages[at];
    return message?.cards.at(-1)?.endedAt != null && message.lines.includes("consistent");
  };

onBothStores(({ place: newPlace }) => {
  test("the place a command came from sees one message from the first state to the last, and lines for what counts", async () => {
    const mouth = new FakeMouth();
    const playbook = testPlaybook({
      plan: async (_context, { cluster }) => testPlan("reversible", cluster),
      run: async () => ({ ok: true, verdict: "consistent" }),
    });
    const { engine } = await open([playbook], { place: await newPlace(), mouths: [mouth] });
    const { runId } = await engine.start(playbook, demo, "alice", ["fake:C1"]);
    await engine.start(playbook, demo, "bob", ["fake:C2"]);
    const { approval } = await eventOf(engine, runId, "approval.requested");
    await mouth.until(() => mouth.messages[0]?.cards.at(-1)?.question != null);
    await engine.decide({
      approvalId: approval.id,
      hash: approval.hash,
      verdict: "approved",
      actor: "bob",
      via: "console",
    });
    await mouth.until(() => mouth.messages.length === 2 && ended(mouth)() && ended(mouth, 1)());
    expect(mouth.messages.map(({ place }) => place).toSorted()).toEqual(["fake:C1", "fake:C2"]);
    for (const { lines } of mouth.messages)
      expect(lines).toEqual(["This needs a yes.", "bob approved it.", "consistent"]);
    expect(mouth.wrongs).toEqual([]);
    expect(new Set(mouth.keys).size).toBe(mouth.keys.length);
  });

  test("after an outage only the newest state is shown, says how long it was, and no decision or result is lost", async () => {
    const mouth = new FakeMouth();
    const { playbook, pass } = stepwise();
    const { engine, clock } = await open([playbook], { place: await newPlace(), mouths: [mouth] });
    const { runId } = await engine.start(playbook, demo, "alice", ["fake:C1"]);
    await mouth.until(() => mouth.messages[0]?.cards.at(-1)?.checklist.length === 1);
    mouth.mood = "down";
    pass(0, 1);
    await eventOf(engine, runId, "step.finished", 2);
    await mouth.until(() => mouth.refused > 0);
    clock.pass(4 * minute);
    expect(await engine.outbox.age()).toBe(4 * minute);
    const shown = mouth.messages[0]?.cards.length ?? 0;
    mouth.mood = "well";
    await mouth.until(() => (mouth.messages[0]?.cards.length ?? 0) > shown);
    const facts = mouth.messages[0]?.cards[shown]?.facts;
    expect(facts).toContainEqual(["was away", "00:00-00:04; 2 steps finished meanwhile"]);
    expect(mouth.messages[0]?.cards[shown]?.checklist).toHaveLength(3);
    pass(2);
    await mouth.until(ended(mouth));
    const last = mouth.messages[0]?.cards.at(-1);
    expect(last?.facts.map(([name]) => name)).not.toContain("was away");
    expect(mouth.wrongs).toEqual([]);
    expect(mouth.messages).toHaveLength(1);
  });

  test("what was accepted and then lost is said again under the same key, and is there once", async () => {
    const mouth = new FakeMouth();
    mouth.mood = "lost";
    const { playbook, pass } = stepwise();
    const { engine } = await open([playbook], { place: await newPlace(), mouths: [mouth] });
    await engine.start(playbook, demo, "alice", ["fake:C1"]);
    await mouth.until(() => mouth.messages.length === 1);
    pass(0, 1, 2);
    mouth.mood = "well";
    await mouth.until(ended(mouth));
    expect(mouth.messages).toHaveLength(1);
    expect(mouth.keys.filter((key) => key === mouth.keys[0]).length).toBeGreaterThan(1);
    expect(mouth.wrongs).toEqual([]);
  });

  test("a process that ends between accepted and recorded says it again when it is back", async () => {
    const mouth = new FakeMouth();
    mouth.mood = "silent";
    const { playbook, pass } = stepwise();
    const place = await newPlace();
    const first = await openWorld([playbook], { place, mouths: [mouth] });
    await first.engine.start(playbook, demo, "alice", ["fake:C1"]);
    await mouth.until(() => mouth.messages.length === 1);
    await first.close();
    // As if it had been killed: its lease still runs.
    const raw = await openRaw(place);
    const home = readFileSync(join(place.stateDir, "nonet.home"), "utf8");
    await raw.run(`update outbox set holder = '${home}:gone', held_until = 9000000000000`);
    await raw.close();
    mouth.mood = "well";
    pass(0, 1, 2);
    await open([playbook], { place, mouths: [mouth], clock: first.clock });
    await mouth.until(ended(mouth));
    expect(mouth.messages).toHaveLength(1);
    expect(mouth.keys.filter((key) => key === mouth.keys[0])).toHaveLength(2);
    expect(mouth.wrongs).toEqual([]);
  });

  test("what a place refuses for good is not tried again, and holds up no other place", async () => {
    const [mouth, other] = [new FakeMouth(), Object.assign(new FakeMouth(), { kind: "other" })];
    mouth.mood = "refusing";
    const { playbook, pass } = stepwise();
    const failures: ChatFailure[] = [];
    const { engine, state } = await open([playbook], {
      place: await newPlace(),
      mouths: [mouth, other],
      onChatFailure: (failure) => failures.push(failure),
    });
    const { runId } = await engine.start(playbook, demo, "alice", ["fake:C1"]);
    await engine.start(playbook, demo, "alice", ["other:C1"]);
    await mouth.until(() => mouth.refused === 1);
    pass(0, 1, 2);
    await other.until(ended(other));
    expect(mouth.refused).toBe(1);
    const row = await state.store.get("select failed from outbox where place = 'fake:C1' and kind = 'card'");
    expect(row?.["failed"]).toContain("channel_not_found");
    expect(failures).toEqual([{ place: "fake:C1", gone: true }]);
    expect(await engine.finished(runId, never)).toMatchObject({ state: "done" });
  });

  test("channels hear of failures and of the day's audit head where the configuration wants it, each once", async () => {
    const mouth = new FakeMouth();
    const failing = testPlaybook({ run: () => Promise.reject(new Error("no")) });
    const routesFor = heardAt({ failed: ["fake:ops", "fake:all"], audit: ["fake:ops"] });
    const place = await newPlace();
    const options = { place, mouths: [mouth], routesFor };
    const { engine, clock, close } = await openWorld([failing], options);
    const { runId } = await engine.start(failing, demo, "alice");
    await engine.finished(runId, never);
    await mouth.until(() => mouth.messages.length === 2);
    expect(mouth.messages.map(({ place }) => place).toSorted()).toEqual(["fake:all", "fake:ops"]);
    expect(mouth.messages[0]?.cards).toMatchObject([
      { title: "test demo, started by alice, failed", verdict: expect.stringMatching(/^Nonet itself failed: no/) },
    ]);
    const { hash } = await engine.audit.head();
    await close();
    const today = await openWorld([failing], { ...options, clock });
    await mouth.until(() => mouth.messages.length === 3);
    expect(mouth.messages[2]).toMatchObject({
      place: "fake:ops",
      cards: [{ verdict: `The audit has 3 records; its head is ${hash}.`, actions: [] }],
    });
    await today.close();
    await (await openWorld([failing], { ...options, clock })).close();
    expect(mouth.messages).toHaveLength(3);
    clock.pass(24 * 60 * minute);
    await open([failing], { ...options, clock });
    await mouth.until(() => mouth.messages.length === 4);
  });
});

onPostgres((store) => {
  test("of two instances one shows a card at a time, and the other goes on where one was frozen", async () => {
    const mouth = new FakeMouth();
    const { playbook, pass } = stepwise();
    const place = await store.place();
    const first = await open([playbook], { place, mouths: [mouth] });
    await open([playbook], { place: beside(place), mouths: [mouth] });
    mouth.mood = "silent";
    await first.engine.start(playbook, demo, "alice", ["fake:C1"]);
    await mouth.until(() => mouth.messages.length === 1);
    mouth.mood = "well";
    // As if its time were up: whoever took the card says nothing more.
    await first.state.store.run("update outbox set held_until = 0");
    pass(0, 1, 2);
    await mouth.until(ended(mouth));
    expect(mouth.messages).toHaveLength(1);
    expect(mouth.keys[0]).toBe(mouth.keys[1]);
    expect(new Set(mouth.keys).size).toBe(mouth.keys.length - 1);
    expect(mouth.wrongs).toEqual([]);
  });
});
