import { expect, test } from "vitest";
import type { RunEvent } from "../../src/core/journal.ts";
import { Secret } from "../../src/core/secret.ts";
import { beside, eventOf, key, openWorld, testPlaybook } from "./fixture.ts";
import { NotHeld, openJournal, type Journal } from "../../src/engine/journal.ts";
import type { Store } from "../../src/engine/store/port.ts";
import { openState } from "../../src/engine/state.ts";
import { onBothStores, onPostgres } from "./stores.ts";

const demo = { cluster: "demo" };
const waiting = testPlaybook({
  run: async (run) => {
    await run.step({ name: "hold", title: "Hold" }, () => new Promise<never>(() => undefined));
    return { ok: true, verdict: "consistent" };
  },
});
const said = (sentence: string) => ({ kind: "step.said", name: "hold", sentence }) as const;
const journalOn = (store: Store): Promise<Journal> =>
  openJournal(store, {
    now: Date.now,
    scrub: (text) => text,
    routesFor: () => [],
    written: () => undefined,
    onError: (error) => {
      throw error;
    },
  });

onBothStores(({ place }) => {
  test("events written at once have one order without gaps, and are told in it", async () => {
    const { engine, state, close } = await openWorld([waiting], { place: await place() });
    const { runId } = await engine.start(waiting, demo, "alice");
    await eventOf(engine, runId, "step.started");
    const journal = await journalOn(state.store);
    const heard: RunEvent[] = [];
    const all = Promise.withResolvers<void>();
    journal.subscribe(runId, (event) => {
      heard.push(event);
      if (event.seq === 53) all.resolve();
    });
    await Promise.all(Array.from({ length: 50 }, (_, at) => journal.append(runId, said(`Number ${at}.`))));
    await all.promise;
    expect(heard.map(({ seq }) => seq)).toEqual(Array.from({ length: 53 }, (_, at) => at + 1));
    await journal.close();
    await close();
  });

  test("who no longer holds a run writes nothing for it, with all else in the same transaction", async () => {
    const { engine, state, close } = await openWorld([waiting], { place: await place() });
    const { runId } = await engine.start(waiting, demo, "alice");
    await eventOf(engine, runId, "step.started");
    const journal = await journalOn(state.store);
    const row = await state.store.get("select instance, turn from runs where id = ?", [runId]);
    let lost = 0;
    const hold = { instance: String(row?.["instance"]), turn: Number(row?.["turn"]), lose: () => (lost += 1) };
    await journal.append(runId, said("Mine."), hold);
    const late = { ...hold, turn: hold.turn - 1 };
    const writing = journal.transaction(async (page) => {
      await page.run("update runs set actor = 'mallory' where id = ?", [runId]);
      await page.append(runId, said("Not mine."), late);
    });
    await expect(writing).rejects.toThrow(NotHeld);
    expect(lost).toBe(1);
    const view = await engine.view(runId);
    expect(view).toMatchObject({ actor: "alice", seq: 4 });
    expect(await state.store.get("select actor from runs where id = ?", [runId])).toEqual({ actor: "alice" });
    await journal.close();
    await close();
  });

  test("of many who start the same at once, one begins it and the others join", async () => {
    const { engine, close } = await openWorld([waiting], { place: await place() });
    const started = await Promise.all(Array.from({ length: 20 }, () => engine.start(waiting, demo, "alice")));
    expect(new Set(started.map(({ runId }) => runId)).size).toBe(1);
    expect(started.filter(({ joined }) => !joined)).toHaveLength(1);
    await close();
  });
});

onPostgres((store) => {
  test("several instances share a store: one answers, cancels and hears what another carries out", async () => {
    const place = await store.place();
    const patient = testPlaybook({
      run: async (run) => {
        await run.step({ name: "hold", title: "Hold" }, ({ signal }) => {
          return new Promise<never>((_resolve, reject) =>
            signal.addEventListener("abort", () => reject(signal.reason as Error)),
          );
        });
        return { ok: true, verdict: "consistent" };
      },
    });
    const first = await openWorld([patient], { place });
    const second = await openWorld([patient], { place: beside(place) });
    const { runId } = await first.engine.start(patient, demo, "alice");
    await eventOf(second.engine, runId, "step.started");
    expect(await second.engine.start(patient, demo, "bob")).toEqual({ runId, joined: true });
    const ended = eventOf(second.engine, runId, "run.finished");
    await second.engine.cancel(runId, "bob");
    expect(await ended).toMatchObject({ outcome: "cancelled", failure: { message: "bob cancelled it." } });
    await first.close();
    await second.close();
  });

  test("an instance with another key is told that all need the same", async () => {
    const place = await store.place();
    await (await openState(place, { NONET_KEY: key })).close();
    const other = openState(beside(place), { NONET_KEY: "cd".repeat(32) });
    await expect(other).rejects.toMatchObject({ code: "wrong_key", hint: expect.stringContaining("set NONET_KEY") });
    await expect(openState(beside(place), {})).rejects.toMatchObject({ code: "key_missing" });
  });

  test("a store of a newer Nonet is left alone, and a server that is not there is named without its password", async () => {
    const place = await store.place();
    const state = await openState(place, { NONET_KEY: key });
    await state.store.run("update nonet_store set version = 99");
    await state.close();
    await expect(openState(place, { NONET_KEY: key })).rejects.toMatchObject({ code: "store_too_new" });
    const nowhere = new Secret("postgres://nonet:hush@127.0.0.1:1/nonet");
    const opening = openState({ ...place, databaseUrl: nowhere }, { NONET_KEY: key });
    await expect(opening).rejects.toMatchObject({
      code: "store_unusable",
      message: expect.stringMatching(/^The store postgres:\/\/127.0.0.1:1\/nonet cannot be opened: (?!.*hush)/),
    });
  });
});
