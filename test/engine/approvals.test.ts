import { afterEach, expect, test } from "vitest";
import type { Approval } from "../../src/core/approval.ts";
import { runCard } from "../../src/core/run-card.ts";
import type { Risk } from "../../src/core/plan.ts";
import { approvalMs } from "../../src/engine/approvals.ts";
import { eventOf, never, openWorld, testPlan, testPlaybook, type World } from "./fixture.ts";
import { onBothStores, type StoreKind } from "./stores.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close();
});

const demo = { cluster: "demo" };
const ok = { ok: true, verdict: "consistent" };
const yes = ({ id, hash }: Approval) => ({ approvalId: id, hash, verdict: "approved", via: "console" }) as const;

/** A run by alice that waits for its approval; `ran` counts how often its playbook went on. */
async function waiting(store: StoreKind, risk: Risk, options: Partial<Parameters<typeof openWorld>[1]> = {}) {
  const facts = { fingerprint: "facts", empty: false, ran: 0 };
  const playbook = testPlaybook({
    risk,
    plan: async (_context, { cluster }) => ({
      ...testPlan(risk, cluster, facts.fingerprint),
      ...(facts.empty ? { creates: [] } : {}),
    }),
    run: async () => {
      facts.ran += 1;
      return ok;
    },
  });
  const world = await openWorld([playbook], { place: await store.place(), ...options });
  worlds.push(world);
  const { runId } = await world.engine.start(playbook, demo, "alice");
  const { approval } = await eventOf(world.engine, runId, "approval.requested");
  return { ...world, playbook, runId, approval, facts };
}

/** Until the run holds nothing any more. */
const parked = ({ store }: World["state"], runId: string) =>
  expect.poll(() => store.get("select parked from runs where id = ?", [runId])).toEqual({ parked: 1 });

onBothStores((store) => {
  test("reversible: the requester confirms, once, and then it runs", async () => {
    const { engine, runId, approval, facts } = await waiting(store, "reversible");
    expect(await engine.view(runId)).toMatchObject({
      state: "waiting",
      approval: { verdict: null, need: { typed: null } },
    });
    expect(approval).toMatchObject({ requester: "alice", need: { self: true }, reason: null, plan: { monthlyUsd: 5 } });
    await engine.decide({ ...yes(approval), actor: "alice" });
    await expect(engine.decide({ ...yes(approval), actor: "bob" })).rejects.toThrow(
      expect.objectContaining({ code: "approval_closed", message: "This was already approved." }),
    );
    const view = await engine.finished(runId, never);
    expect(view).toMatchObject({ state: "done", approval: { verdict: "approved", by: "alice" } });
    expect(facts.ran).toBe(1);
  });

  test("rejected: nothing runs, and the cluster is free again", async () => {
    const { engine, playbook, runId, approval, facts } = await waiting(store, "reversible");
    await engine.decide({ ...yes(approval), verdict: "rejected", actor: "bob" });
    expect(await engine.finished(runId, never)).toMatchObject({ state: "rejected", failure: null });
    expect(facts.ran).toBe(0);
    expect(await engine.start(playbook, demo, "bob")).toMatchObject({ joined: false });
  });

  test("outage: not by the requester where there is somebody else", async () => {
    const { engine, runId, approval } = await waiting(store, "outage");
    await expect(engine.decide({ ...yes(approval), actor: "alice" })).rejects.toThrow(
      expect.objectContaining({ code: "needs_second_person" }),
    );
    await engine.decide({ ...yes(approval), actor: "bob" });
    expect(await engine.finished(runId, never)).toMatchObject({ state: "done", approval: { by: "bob" } });
  });

  test("dataloss: two different people, one of whom typed the cluster's name", async () => {
    const { engine, runId, approval } = await waiting(store, "dataloss");
    expect(approval.need).toMatchObject({ people: 2, typed: "demo", who: ["alice", "bob"] });
    await engine.decide({ ...yes(approval), actor: "alice" });
    await expect(engine.decide({ ...yes(approval), actor: "alice", typed: "demo" })).rejects.toThrow(
      expect.objectContaining({ code: "already_answered" }),
    );
    for (const typed of ["", "prod"]) {
      await expect(engine.decide({ ...yes(approval), actor: "bob", typed })).rejects.toThrow(
        expect.objectContaining({ code: "needs_typed_name" }),
      );
    }
    const asking = await engine.view(runId);
    expect(asking?.state).toBe("waiting");
    expect(asking && runCard(asking).question?.text).toContain(
      "1 of 2: alice has approved, bob must too and type demo.",
    );
    await engine.decide({ ...yes(approval), actor: "bob", typed: "demo" });
    const view = await engine.finished(runId, never);
    expect(view).toMatchObject({ state: "done", approval: { votes: [{ actor: "alice" }, { actor: "bob" }] } });
  });

  test("dataloss: the first no ends it, also after a yes", async () => {
    const { engine, runId, approval } = await waiting(store, "dataloss");
    await engine.decide({ ...yes(approval), actor: "alice", typed: "demo" });
    await engine.decide({ ...yes(approval), verdict: "rejected", actor: "bob" });
    expect(await engine.finished(runId, never)).toMatchObject({ state: "rejected", approval: { by: "bob" } });
  });

  test("dataloss: alone on the machine, the requester types the name", async () => {
    const { engine, runId, approval } = await waiting(store, "dataloss", { rules: { approvers: () => ["alice"] } });
    await expect(engine.decide({ ...yes(approval), actor: "alice" })).rejects.toThrow(
      expect.objectContaining({ code: "needs_typed_name" }),
    );
    await engine.decide({ ...yes(approval), actor: "alice", typed: "demo" });
    expect(await engine.finished(runId, never)).toMatchObject({ state: "done" });
  });

  test("an answer to another plan does not count", async () => {
    const { engine, approval } = await waiting(store, "reversible");
    await expect(engine.decide({ ...yes(approval), hash: "0".repeat(64), actor: "alice" })).rejects.toThrow(
      expect.objectContaining({ code: "plan_is_stale" }),
    );
  });

  test("a plan that changed while people thought about it is asked again", async () => {
    const { engine, runId, approval, facts } = await waiting(store, "reversible");
    facts.fingerprint = "other facts";
    await engine.decide({ ...yes(approval), actor: "alice" });
    const { approval: next } = await eventOf(engine, runId, "approval.requested", 2);
    expect(next.hash).not.toBe(approval.hash);
    expect(next.reason).toMatch(/no longer what was approved/);
    expect(facts.ran).toBe(0);
    await engine.decide({ ...yes(next), actor: "alice" });
    expect(await engine.finished(runId, never)).toMatchObject({ state: "done" });
  });

  test("after a quarter of an hour it expires, and a late yes is refused", async () => {
    const { engine, clock, runId, approval, facts } = await waiting(store, "reversible");
    clock.pass(approvalMs);
    await expect(engine.decide({ ...yes(approval), actor: "alice" })).rejects.toThrow(
      expect.objectContaining({ code: "approval_closed", message: "This was already expired." }),
    );
    expect(await engine.finished(runId, never)).toMatchObject({ state: "expired", approval: { by: null } });
    expect(facts.ran).toBe(0);
  });

  test("a run that waits is still waiting after a restart, and can be answered then", async () => {
    const place = await store.place();
    const first = await waiting(store, "reversible", { place });
    await parked(first.state, first.runId);
    await worlds.pop()?.close();
    const { engine, close } = await openWorld([first.playbook], { place, clock: first.clock });
    await engine.decide({ ...yes(first.approval), actor: "alice" });
    const view = await engine.finished(first.runId, never);
    expect(view).toMatchObject({ state: "done", resumed: 0 });
    await close();
  });

  test("cancelling a run that waits rejects what it waits for", async () => {
    const { engine, runId } = await waiting(store, "reversible");
    await engine.cancel(runId, "bob");
    expect(await engine.finished(runId, never)).toMatchObject({ state: "rejected", approval: { by: "bob" } });
  });

  test("a plan that changes nothing is not asked about", async () => {
    const { engine, playbook, runId, approval, facts } = await waiting(store, "reversible");
    await engine.decide({ ...yes(approval), actor: "alice" });
    await engine.finished(runId, never);
    facts.empty = true;
    const again = await engine.start(playbook, demo, "alice");
    expect(await engine.finished(again.runId, never)).toMatchObject({ state: "done", approval: null, changed: 0 });
  });
});
