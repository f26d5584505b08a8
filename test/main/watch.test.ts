import { expect, test } from "vitest";
import type { DatabaseState } from "../../src/ops/facts/database.ts";
import { beside, eventOf, never } from "../engine/fixture.ts";
import { onBothStores, onPostgres } from "../engine/stores.ts";
import { alice, carol, failOver, openWatched } from "./watched.ts";

type Watched = Awaited<ReturnType<typeof openWatched>>;

const lastOf = ({ mouth }: Watched, at = 0) => mouth.messages.filter(({ runId }) => runId === null)[at]?.cards.at(-1);
const factOf = (watched: Watched, name: string, at = 0) =>
  lastOf(watched, at)?.facts.find(([each]) => each === name)?.[1];

async function buttonOf(watched: Watched, label: string) {
  const action = lastOf(watched)?.actions.find((each) => each.label === label);
  const message = watched.mouth.messages.find(({ runId }) => runId === null);
  if (action === undefined || message === undefined) throw new Error(`there is no button ${label}`);
  const at = { place: "slack:C1", messageId: message.id };
  await expect.poll(() => watched.engine.notices.under(at)).toBeDefined();
  return { id: action.id, at };
}

onBothStores((store) => {
  test("a writer that changes behind the bot's back is one notice, with evidence, a button, and an end", async () => {
    const watched = await openWatched(await store.place());
    const { mouth, desk, engine } = watched;
    await watched.look(2);
    expect(watched.rounds.at(-1)).toMatchObject({ nodes: 9, silent: [], open: [] });
    expect(await desk.lastLook("demo", carol)).toMatchObject({ ok: true, verdict: "consistent", runId: null });
    expect(await desk.lastLook("demo", { ...carol, id: "U9" })).toBeUndefined();
    failOver(watched);
    await watched.look(3);
    expect((await desk.lastLook("demo", carol))?.drawing).toMatchObject({
      duties: expect.arrayContaining([expect.objectContaining({ holders: ["db2"] })]),
    });
    await mouth.until(() => watched.titles().length === 1);
    expect(lastOf(watched)).toMatchObject({
      title: "demo: the database writer moved from db1 to db2",
      state: "asking",
      actions: [{ label: "Inspect replication" }, { label: "Mute 1 h" }, { label: "Acknowledge" }],
    });
    expect(lastOf(watched)?.facts).toEqual(
      expect.arrayContaining([
        ["before", "db1"],
        ["now", "db2"],
        ["address", "10.10.0.20, on db1"],
        ["since", "00:00 UTC"],
      ]),
    );
    const { id, at } = await buttonOf(watched, "Inspect replication");
    await expect(desk.press(id, at, {}, { ...carol, id: "U9" })).rejects.toMatchObject({ code: "forbidden" });
    const pressed = await desk.press(id, at, {}, carol);
    if (pressed?.kind !== "run") throw new Error("it started nothing");
    expect(await engine.view(pressed.runId)).toMatchObject({ playbook: "inspect replication", actor: "carol" });
    await engine.finished(pressed.runId, never);

    watched.nodes.heal();
    watched.clock.pass(12 * 60_000);
    await watched.look(2);
    await mouth.until(() => factOf(watched, "lasted") !== undefined);
    expect(factOf(watched, "lasted")).toBe("12 min, from 00:00 UTC to 00:12 UTC");
    expect(lastOf(watched)).toMatchObject({ state: "done", actions: [] });
    const message = mouth.messages.find(({ runId }) => runId === null);
    await mouth.until(() => message?.lines.length === 1);
    expect(message?.lines).toEqual(["Over after 12 min: demo: the database writer moved from db1 to db2."]);
    expect(watched.titles()).toHaveLength(1);
    expect(mouth.wrongs).toEqual([]);
  });

  test("what was moved before a restart is told after it, and what was told is not told again", async () => {
    const place = await store.place();
    const before = await openWatched(place);
    await before.look(2);
    await before.close();
    const { clock, mouth, nodes } = before;
    failOver(before);
    const again = await openWatched(place, { clock, mouth, nodes });
    await again.look(2);
    await mouth.until(() => again.titles().length === 1);
    await again.close();
    const third = await openWatched(place, { clock, mouth, nodes });
    await third.look(3);
    expect(third.rounds.at(-1)?.open).toMatchObject([{ key: "moved db", told: true }]);
    expect(third.titles()).toHaveLength(1);
  });

  test("a mute holds back until it ends, is in the audit, and what is still wrong then is told then", async () => {
    const watched = await openWatched(await store.place());
    await watched.look();
    await expect(watched.answer('/notices mute demo 2h "moved db" drill', carol)).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(watched.answer("/notices mute demo 8d all drill")).rejects.toThrow("after 7 days at the latest");
    const muted = await watched.answer('/notices mute demo 2h "moved db" drill');
    expect(muted.verdict).toBe(
      "“moved db” of demo is muted until 02:00 UTC (for 2 h) by alice: drill. What is still wrong then is told then.",
    );
    failOver(watched);
    await watched.look(2);
    const status = await watched.answer("/watch status demo");
    expect(status).toMatchObject({ ok: false, verdict: "1 cluster watched; 1 thing wrong." });
    expect(status.text).toContain("the database writer moved from db1 to db2 (warning, since 00:00 UTC, 5 s, not told");
    expect(status.text).toContain("“moved db” of demo is muted until 02:00 UTC");
    expect((await watched.answer("/notices list demo")).text).toContain("“moved db” of demo is muted until");
    expect(watched.titles()).toEqual([]);
    watched.clock.pass(2 * 3600_000);
    await watched.look();
    await watched.mouth.until(() => watched.titles().length === 1);
    expect(factOf(watched, "since")).toBe("00:00 UTC");
    const kinds = (await watched.engine.audit.records()).map(
      ({ kind, actor, cluster }) => `${kind} ${actor} ${cluster}`,
    );
    expect(kinds).toContain("mute.set alice demo");
    await expect(watched.answer('/notices unmute demo "moved db"')).rejects.toMatchObject({ code: "not_muted" });
  });

  test("the button mutes for an hour, under the rights of who presses it", async () => {
    const watched = await openWatched(await store.place());
    await watched.look();
    failOver(watched);
    await watched.look();
    await watched.mouth.until(() => watched.titles().length === 1);
    const { id, at } = await buttonOf(watched, "Mute 1 h");
    await expect(watched.desk.press(id, at, {}, carol)).rejects.toMatchObject({ code: "forbidden" });
    await watched.desk.press(id, at, {}, alice);
    expect(await watched.engine.mutes.list("demo")).toMatchObject([{ about: "moved db", actor: "alice" }]);
    expect((await watched.answer('/notices unmute demo "moved db"')).ok).toBe(true);
    expect(await watched.engine.mutes.list(null)).toEqual([]);
  });

  test("a run that changes the cluster is no alarm: what it moved is news, what it left broken is told after it", async () => {
    const gate = Promise.withResolvers<void>();
    const watched = await openWatched(await store.place(), { change: () => gate.promise });
    const { engine, mouth, nodes } = watched;
    await watched.look();
    const { runId } = await engine.start(watched.failover, { cluster: "demo" }, "alice");
    await eventOf(engine, runId, "step.started");
    failOver(watched);
    nodes.tell<Record<string, string>>("web1", "unit states", (units) => ({ ...units, nginx: "inactive" }));
    await watched.look(3);
    expect(watched.rounds.at(-1)?.explainedBy).toBe("/cluster failover demo");
    await mouth.until(() => watched.titles().length === 1);
    expect(lastOf(watched)).toMatchObject({
      title: "demo: the database writer moved from db1 to db2",
      verdict: "/cluster failover demo moved it.",
      state: "done",
    });
    gate.resolve();
    await engine.finished(runId, never);
    await watched.look(2);
    await mouth.until(() => watched.titles().length === 2);
    expect(lastOf(watched, 1)).toMatchObject({ title: "demo: nginx is inactive on web1", state: "asking" });
    expect(factOf(watched, "since", 1)).toBe("00:00 UTC");
    await watched.look(2);
    expect(watched.titles()).toHaveLength(2);
  });

  test("the status says since when the worst of it holds", async () => {
    const watched = await openWatched(await store.place());
    await watched.look();
    expect((await watched.result("/cluster status demo"))?.verdict).toBe("consistent");
    watched.nodes.tell<DatabaseState>("db2", "database state", (state) => ({
      ...state,
      source: state.source && { ...state.source, applies: "No" },
    }));
    await watched.look(2);
    expect(watched.rounds.at(-1)?.open).toMatchObject([{ key: "database replication db2" }]);
    watched.clock.pass(12 * 60_000);
    await watched.look();
    expect((await watched.result("/cluster status demo"))?.verdict).toBe(
      "degraded since 00:00 UTC (12 min): db2 does not replicate",
    );
  });

  test("a cluster that is destroyed is forgotten, with all that was told of it", async () => {
    const watched = await openWatched(await store.place());
    const { state, mouth } = watched;
    await watched.look();
    watched.nodes.dead.add("web1");
    await watched.look(2);
    await mouth.until(() => watched.titles().length === 1);
    await state.clusters.saveInventory({ cluster: watched.cluster.blueprint.name, nodes: {}, publicAddress: null });
    await watched.look();
    await mouth.until(() => lastOf(watched)?.state === "done");
    expect(await state.watched.rounds()).toEqual([]);
    expect((await watched.answer("/watch status")).verdict).toContain("No cluster is watched");
  });
});

onPostgres((store) => {
  test("two instances share the clusters; when one is gone the other goes on where it was", async () => {
    const place = await store.place();
    const one = await openWatched(place);
    const other = await openWatched(beside(place), { clock: one.clock, mouth: one.mouth, nodes: one.nodes });
    const both = [one, other];
    const look = async () => {
      one.clock.pass(5000);
      for (const { watcher } of both) await watcher.begin();
      for (const { watcher } of both) await watcher.rest();
    };
    for (let at = 0; at < 4; at += 1) await look();
    const counts = both.map(({ rounds }) => rounds.length);
    // It may move once from the first, which began alone, to the one it is meant for.
    expect(Math.max(...counts)).toBeGreaterThanOrEqual(3);
    expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBeLessThanOrEqual(5);
    const [holder, heir] = (counts[0] ?? 0) > (counts[1] ?? 0) ? [one, other] : [other, one];
    const seen = heir.rounds.length;
    failOver(one);
    await holder.close();
    one.clock.pass(5000);
    await heir.watcher.begin();
    await heir.watcher.rest();
    expect(heir.rounds).toHaveLength(seen + 1);
    await one.mouth.until(() => heir.titles().length === 1);
    expect(heir.titles()).toEqual(["demo: the database writer moved from db1 to db2"]);
  });
});
