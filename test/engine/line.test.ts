import { afterEach, expect, test } from "vitest";
import type { RunView } from "../../src/core/journal.ts";
import type { Playbook, Run } from "../../src/core/playbook.ts";
import { beside, eventOf, never, openWorld, testPlaybook, type Input, type World } from "./fixture.ts";
import { onBothStores, onPostgres } from "./stores.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close();
});

const demo = { cluster: "demo" };
const ok = { ok: true, verdict: "consistent" };
const quick = (name: string): Playbook<Input> => testPlaybook({ name, run: async () => ok });

/** A playbook with one step that ends when the test says so. */
function held(name = "held") {
  const { promise, resolve } = Promise.withResolvers<void>();
  const run = async (run: Run) => {
    await run.step({ name: "hold", title: "Hold" }, async () => {
      await promise;
      return { sentence: "Held.", changed: 1 };
    });
    return ok;
  };
  return { playbook: testPlaybook({ name, run }), release: resolve };
}

/** The position of a run in line and what it waits for, once it is told for the `count`th time. */
async function told({ engine }: World, runId: string, count = 1): Promise<string> {
  const { position, behind } = await eventOf(engine, runId, "run.waiting", count);
  return `${position}: ${behind.kind === "run" ? behind.playbook : behind.reason}`;
}

onBothStores((store) => {
  const world = async (playbooks: readonly Playbook<Input>[], place = store.place()) => {
    const made = await openWorld(playbooks, { place: await place });
    worlds.push(made);
    return made;
  };

  test("changes of one cluster wait in line and are told who is ahead; the same one joins", async () => {
    const { playbook, release } = held();
    const [second, third] = [quick("second"), quick("third")];
    const made = await world([playbook, second, third]);
    const { engine } = made;
    const first = await engine.start(playbook, demo, "alice");
    const { runId } = await engine.start(second, demo, "bob");
    const last = await engine.start(third, demo, "bob");
    expect(await engine.start(second, demo, "carol")).toEqual({ runId, joined: true });
    expect(await engine.view(last.runId)).toMatchObject({
      state: "queued",
      waits: { position: 2, behind: { kind: "run", id: first.runId, playbook: "held", actor: "alice" } },
    });
    release();
    expect(await told(made, last.runId, 2)).toBe("1: second");
    const view = await engine.finished(last.runId, never);
    expect(view).toMatchObject({ state: "done", waits: null });
    expect(await engine.view(runId)).toMatchObject({ state: "done" });
  });

  test("a run that waits is cancelled at once, and those behind it move up", async () => {
    const { playbook, release } = held();
    const made = await world([playbook, quick("second"), quick("third")]);
    const { engine } = made;
    const first = await engine.start(playbook, demo, "alice");
    const { runId } = await engine.start(quick("second"), demo, "bob");
    const last = await engine.start(quick("third"), demo, "bob");
    expect(await engine.cancel(runId, "carol")).toBe("at once");
    expect(await engine.view(runId)).toMatchObject({
      state: "cancelled",
      failure: { message: "carol cancelled it before its turn came.", state: "Nothing was changed." },
    });
    expect(await told(made, last.runId, 2)).toBe("1: held");
    await eventOf(engine, first.runId, "step.started");
    expect(await engine.cancel(first.runId, "carol")).toBe("at the next safe point");
    expect(await engine.view(first.runId)).toMatchObject({ state: "running", stoppedBy: "carol" });
    release();
    expect(await engine.finished(last.runId, never)).toMatchObject({ state: "done" });
  });

  test("a cancelled run says how it leaves things and what can be done", async () => {
    const { playbook, release } = held();
    const withNext = testPlaybook({
      run: async (run) => {
        await playbook.run(run, demo);
        await run.step({ name: "next", title: "Next" }, async () => ({ sentence: "Never." }));
        return ok;
      },
    });
    const { engine } = await world([withNext]);
    const { runId } = await engine.start(withNext, demo, "alice");
    await eventOf(engine, runId, "step.started");
    await engine.cancel(runId, "bob");
    release();
    const { failure } = await engine.finished(runId, never);
    expect(failure).toEqual({
      code: "cancelled",
      message: "bob cancelled it.",
      state: "1 change of “Hold” stays as made; what comes after was not begun.",
      hint: `/runs resume ${runId.slice(0, 8)} carries on from what it finds; to go back, put the old blueprint into nonet.yaml and give /cluster build demo.`,
    });
  });

  test("a person's lock holds one cluster, a freeze all; whoever waits is told who and why", async () => {
    const made = await world([quick("one"), quick("two")]);
    const { engine, state } = made;
    expect(await engine.lock("demo", "alice", "new disk")).toBeUndefined();
    expect(await engine.lock("demo", "bob", "mine")).toMatchObject({ actor: "alice", reason: "new disk" });
    const locked = await engine.start(quick("one"), demo, "bob");
    expect(await told(made, locked.runId)).toBe("1: new disk");
    expect(await engine.view(locked.runId)).toMatchObject({ waits: { behind: { kind: "lock", actor: "alice" } } });
    const free = await engine.start(quick("one"), { cluster: "prod" }, "bob");
    await engine.finished(free.runId, never);
    await engine.lock(null, "carol", "outage");
    expect(await told(made, locked.runId, 2)).toBe("1: outage");
    const frozen = await engine.start(quick("two"), { cluster: "prod" }, "bob");
    expect(await told(made, frozen.runId)).toBe("1: outage");
    expect((await state.clusters.locks()).map(({ cluster, actor }) => [cluster, actor])).toEqual([
      [null, "carol"],
      ["demo", "alice"],
    ]);
    expect(await engine.unlock(null, "dave", "it is over")).toMatchObject({ actor: "carol" });
    expect(await engine.unlock(null, "dave", "it is over")).toBeUndefined();
    expect(await engine.finished(frozen.runId, never)).toMatchObject({ state: "done" });
    expect(await told(made, locked.runId, 3)).toBe("1: new disk");
    await engine.unlock("demo", "alice", null);
    expect(await engine.finished(locked.runId, never)).toMatchObject({ state: "done" });
    expect(await state.clusters.locks()).toEqual([]);
    const kept = (await engine.audit.records()).filter(({ kind }) => /^(lock|freeze)\./.test(kind));
    const since = expect.any(String) as string;
    expect(kept.map(({ kind, actor, cluster, data }) => [kind, actor, cluster, data])).toEqual([
      ["lock.set", "alice", "demo", { reason: "new disk" }],
      ["freeze.set", "carol", null, { reason: "outage" }],
      ["freeze.lifted", "dave", null, { reason: "it is over", was: { actor: "carol", reason: "outage", since } }],
      ["lock.lifted", "alice", "demo", { reason: null, was: { actor: "alice", reason: "new disk", since } }],
    ]);
  });

  test("of a long line the first are listed, what is under way before them, and the rest are counted", async () => {
    const queue = testPlaybook({ name: "queue", cluster: () => "demo", run: async () => ok });
    const { playbook, release } = held();
    const { engine } = await world([playbook, queue]);
    const ids: string[] = [];
    const first = await engine.start(queue, { cluster: "ended" }, "alice");
    await engine.finished(first.runId, never);
    await engine.lock("demo", "alice", "wait");
    for (let at = 0; at < 32; at += 1) ids.push((await engine.start(queue, { cluster: `c${at}` }, "alice")).runId);
    const begun = await engine.start(playbook, { cluster: "prod" }, "alice");
    await eventOf(engine, begun.runId, "step.started");
    const { runs, more } = await engine.latest(null);
    expect(runs.map(({ id }) => id)).toEqual([begun.runId, ...ids.slice(0, 29), first.runId]);
    expect(more).toBe(3);
    expect((await engine.latest("prod")).more).toBe(0);
    release();
  });

  test("a lock that cannot be recorded is not put, and none is lifted", async () => {
    const { engine, state } = await world([quick("one")]);
    await engine.lock("demo", "alice", "new disk");
    // As if its disk were full.
    await state.store.run("alter table audit rename to audit_away");
    await expect(engine.lock("prod", "alice", "new disk")).rejects.toThrow("audit");
    await expect(engine.unlock("demo", "alice", null)).rejects.toThrow("audit");
    await state.store.run("alter table audit_away rename to audit");
    expect((await state.clusters.locks()).map(({ cluster }) => cluster)).toEqual(["demo"]);
    expect((await engine.audit.records()).map(({ kind }) => kind)).toEqual(["lock.set"]);
  });

  test("locks and the line outlive a restart; a free line with somebody in it goes on", async () => {
    const place = await store.place();
    const before = await openWorld([quick("one")], { place });
    await before.engine.lock("demo", "alice", "new disk");
    const { runId } = await before.engine.start(quick("one"), demo, "bob");
    await before.close();
    const again = await openWorld([quick("one")], { place });
    expect(await again.engine.view(runId)).toMatchObject({ state: "queued" });
    // As an unlock would leave it that died half way, were it not one transaction.
    await again.state.store.run("update lines set actor = null");
    await again.close();
    const { engine } = await world([quick("one")], Promise.resolve(place));
    expect(await engine.finished(runId, never)).toMatchObject({ state: "done", actor: "bob" });
  });

  test("a queued run whose playbook is gone fails when its turn comes, and passes the lock on", async () => {
    const place = await store.place();
    const { playbook, release } = held();
    const before = await openWorld([playbook, quick("gone"), quick("kept")], { place });
    await before.engine.start(playbook, demo, "alice");
    const gone = await before.engine.start(quick("gone"), demo, "alice");
    const kept = await before.engine.start(quick("kept"), demo, "alice");
    await before.close();
    release();
    const { engine } = await world([playbook, quick("kept")], Promise.resolve(place));
    expect(await engine.finished(kept.runId, never)).toMatchObject({ state: "done" });
    const view = await engine.finished(gone.runId, never);
    expect(view).toMatchObject({
      state: "failed",
      failure: { code: "playbook_changed", state: "Nothing was changed." },
    });
    await expect(engine.again(view, "alice", true)).rejects.toMatchObject({ code: "no_such_playbook" });
  });

  test("a run that is resumed names the one it carries on", async () => {
    const broken = testPlaybook({ run: () => Promise.reject(new TypeError("it broke")) });
    const { engine } = await world([broken]);
    const { runId } = await engine.start(broken, demo, "alice");
    const failed = await engine.finished(runId, never);
    const linked = await engine.again(failed, "bob", true);
    expect(await engine.finished(linked.runId, never)).toMatchObject({ resumes: runId, input: demo, actor: "bob" });
    const unlinked = await engine.again(failed, "bob", false);
    expect(await engine.finished(unlinked.runId, never)).toMatchObject({ resumes: null });
    expect((await engine.latest("demo")).runs.map(({ id }) => id).toSorted()).toEqual(
      [runId, linked.runId, unlinked.runId].toSorted(),
    );
    expect(await engine.latest("prod")).toEqual({ runs: [], more: 0 });
    expect((await engine.beginning(runId.slice(0, 8))).map(({ id }) => id)).toEqual([runId]);
  });
});

onPostgres((store) => {
  test("the line is one over all instances, and each of them hears how it moves", async () => {
    const place = await store.place();
    const { playbook, release } = held();
    const open = async (at: typeof place): Promise<World> => {
      const made = await openWorld([playbook, quick("here"), quick("there")], { place: at });
      worlds.push(made);
      return made;
    };
    const here = await open(place);
    const there = await open(beside(place));
    await here.engine.start(playbook, demo, "alice");
    const [one, two] = await Promise.all([
      here.engine.start(quick("here"), demo, "alice"),
      there.engine.start(quick("there"), demo, "bob"),
    ]);
    const positions = async ({ engine }: World) =>
      [await engine.view(one.runId), await engine.view(two.runId)].map((view) => view?.waits?.position);
    expect(new Set(await positions(here))).toEqual(new Set([1, 2]));
    expect(await positions(there)).toEqual(await positions(here));
    await there.engine.lock("demo", "bob", "stop");
    release();
    const both = Promise.all([here.engine.finished(two.runId, never), there.engine.finished(one.runId, never)]);
    await here.engine.unlock("demo", "alice", null);
    expect((await both).map(({ state }: RunView) => state)).toEqual(["done", "done"]);
  });
});
