import { URI, type TOTP } from "otpauth";
import { afterEach, expect, test } from "vitest";
import type { Approval } from "../../src/core/approval.ts";
import type { Risk } from "../../src/core/plan.ts";
import { runCard } from "../../src/core/run-card.ts";
import { eventOf, heardAt, never, openWorld, testPlan, testPlaybook, type World } from "./fixture.ts";
import { onBothStores, type StoreKind } from "./stores.ts";
import { FakeMouth } from "../fakes/mouth.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close();
});

const demo = { cluster: "demo" };
const yes = ({ id, hash }: Approval) => ({ approvalId: id, hash, verdict: "approved", via: "console" }) as const;
const refusal = (code: string) => expect.objectContaining({ code });

/** A run by alice that waits; its plan is made again only once `again` is resolved. */
async function waiting(store: StoreKind, risk: Risk, rules: Parameters<typeof openWorld>[1]["rules"] = {}) {
  const plan = { creates: testPlan(risk, "demo").creates, made: 0 };
  const again = Promise.withResolvers<void>();
  const playbook = testPlaybook({
    risk,
    plan: async (_context, { cluster }) => {
      if ((plan.made += 1) === 2) await again.promise;
      return { ...testPlan(risk, cluster), creates: plan.creates };
    },
    run: async () => ({ ok: true, verdict: "consistent" }),
  });
  const mouth = new FakeMouth();
  const routesFor = heardAt({ glass: ["fake:ops"] });
  const world = await openWorld([playbook], { place: await store.place(), rules, mouths: [mouth], routesFor });
  worlds.push(world);
  const { runId } = await world.engine.start(playbook, demo, "alice");
  const { approval } = await eventOf(world.engine, runId, "approval.requested");
  const card = async () => {
    const view = await world.engine.view(runId);
    if (view === undefined) throw new Error("no run");
    return runCard(view);
  };
  return { ...world, mouth, playbook, runId, approval, plan, again: again.resolve, card };
}

onBothStores((store) => {
  test("ten people answer a hundred times at once: one decision", async () => {
    const { engine, runId, approval, again } = await waiting(store, "outage");
    again();
    const answers = Array.from({ length: 100 }, (_, at) => {
      const verdict = at % 2 === 0 ? "approved" : "rejected";
      return engine.decide({ ...yes(approval), verdict, actor: `p${at % 10}` });
    });
    const settled = await Promise.allSettled(answers);
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    let decided = 0;
    engine.subscribe(runId, ({ kind }) => (decided += kind === "approval.decided" ? 1 : 0));
    await engine.finished(runId, never);
    expect(decided).toBe(1);
  });

  test("an approver who loses the role between click and run: refused, and asked again", async () => {
    const gone = new Set<string>();
    const { engine, runId, approval, again, card } = await waiting(store, "outage", {
      mayApprove: (person) => !gone.has(person),
    });
    await engine.decide({ ...yes(approval), actor: "bob" });
    gone.add("bob");
    again();
    const { approval: next } = await eventOf(engine, runId, "approval.requested", 2);
    expect(await eventOf(engine, runId, "approval.refused")).toMatchObject({ id: approval.id, why: "no_rights" });
    expect((await card()).question?.text).toMatch(/^bob, who approved it, may no longer do so; nothing was changed./);
    await engine.decide({ ...yes(next), actor: "carol" });
    expect(await engine.finished(runId, never)).toMatchObject({ state: "done", approval: { by: "carol" } });
  });

  test("somebody who decided alone is asked again when there is somebody else by then", async () => {
    const who = ["alice"];
    const { engine, runId, approval, again } = await waiting(store, "outage", { approvers: () => who });
    await engine.decide({ ...yes(approval), actor: "alice" });
    who.push("bob");
    again();
    const { approval: next } = await eventOf(engine, runId, "approval.requested", 2);
    expect(next).toMatchObject({ need: { self: false, who: ["bob"] }, reason: expect.stringMatching(/somebody else/) });
  });

  test("a plan that is another by then is refused as stale, and what is different is shown", async () => {
    const { engine, runId, approval, again, plan, card } = await waiting(store, "reversible");
    plan.creates = [...plan.creates, { node: "db2", label: "demo-db2", region: "us-ord", type: "t", monthlyUsd: 5 }];
    await engine.decide({ ...yes(approval), actor: "alice" });
    again();
    const { approval: next } = await eventOf(engine, runId, "approval.requested", 2);
    expect(await eventOf(engine, runId, "approval.refused")).toMatchObject({ id: approval.id, why: "stale" });
    expect((await card()).question).toMatchObject({ id: next.id, details: ["+ create db2 (demo-db2)"] });
    await expect(engine.decide({ ...yes(approval), actor: "alice" })).rejects.toThrow(refusal("approval_closed"));
    await engine.decide({ ...yes(next), actor: "alice" });
    expect(await engine.finished(runId, never)).toMatchObject({ state: "done" });
  });

  test("break-glass: the requester goes on alone, and somebody else must look at it", async () => {
    const breaking = { verdict: "break-glass", actor: "alice", reason: "the site is down" } as const;
    const without = await waiting(store, "outage");
    await expect(without.engine.decide({ ...yes(without.approval), ...breaking })).rejects.toThrow(
      refusal("no_break_glass"),
    );
    const { engine, mouth, runId, approval, again, card } = await waiting(store, "outage", { breakGlass: () => true });
    again();
    expect((await card()).question?.text).toContain("In an emergency alice can go on alone");
    await expect(engine.decide({ ...yes(approval), ...breaking, actor: "bob" })).rejects.toThrow(
      refusal("no_break_glass"),
    );
    await engine.decide({ ...yes(approval), ...breaking });
    expect(await engine.finished(runId, never)).toMatchObject({ state: "done", approval: { by: "alice" } });
    const { review } = await eventOf(engine, runId, "glass.broken");
    await mouth.until(() => mouth.messages.length === 1);
    expect(mouth.messages[0]).toMatchObject({ place: "fake:ops", cards: [{ state: "failed" }] });
    expect(mouth.messages[0]?.cards[0]).toMatchObject({
      title: "alice BROKE THE GLASS",
      verdict: "alice goes on alone with test demo: the site is down",
      facts: expect.arrayContaining([
        ["run", runId.slice(0, 8)],
        ["review", `/reviews ack ${review}, by somebody else`],
      ]),
    });
    const glass = async () => (await card()).facts.find(([name]) => name === "GLASS")?.[1];
    expect(await glass()).toBe(
      `BROKEN by alice, who went on alone: the site is down (to be looked at: /reviews ack ${review})`,
    );
    expect(await engine.reviews.open()).toMatchObject([{ id: review, actor: "alice", reason: "the site is down" }]);
    await expect(engine.reviews.acknowledge(review, "alice")).rejects.toThrow(refusal("own_review"));
    await engine.reviews.acknowledge(review, "bob");
    expect(await engine.reviews.open()).toEqual([]);
    await mouth.until(() => mouth.messages[0]?.cards.at(-1)?.state === "done");
    expect(mouth.messages[0]?.cards.at(-1)?.facts).toContainEqual(["seen", "by bob at 00:00 UTC"]);
    expect(await glass()).toMatch(/looked at by bob/);
    await expect(engine.reviews.acknowledge(review, "carol")).rejects.toThrow(refusal("no_such_review"));
  });

  test("one-time codes: each once, from everyone who says yes to a loss of data", async () => {
    const { engine, playbook, runId, approval, again, clock } = await waiting(store, "dataloss", {
      needsCode: () => true,
    });
    again();
    const vote = (actor: string, code?: string) =>
      engine.decide({ ...yes(approval), actor, typed: "demo", ...(code === undefined ? {} : { code }) });
    await expect(vote("alice", "123456")).rejects.toThrow(refusal("needs_code"));
    const app = async (person: string) => URI.parse(await engine.codes.enroll(person)) as TOTP;
    const [alice, bob] = [await app("alice"), await app("bob")];
    await expect(engine.codes.enroll("alice")).rejects.toThrow(refusal("enrolled"));
    const code = (of: TOTP, offset = 0) => of.generate({ timestamp: clock.now() + offset * 1000 });
    await expect(vote("alice")).rejects.toThrow(refusal("needs_code"));
    await expect(vote("alice", code(bob))).rejects.toThrow(refusal("wrong_code"));
    await expect(vote("alice", code(alice, -90))).rejects.toThrow(refusal("wrong_code"));
    const used = code(alice, -30);
    await vote("alice", used);
    for (let tries = 0; tries < 5; tries += 1) {
      await expect(vote("bob", "000000")).rejects.toThrow(refusal("wrong_code"));
    }
    await expect(vote("bob", code(bob))).rejects.toThrow(refusal("too_many_codes"));
    await engine.decide({ ...yes(approval), verdict: "rejected", actor: "bob" });
    await engine.finished(runId, never);
    const next = await engine.start(playbook, demo, "alice");
    const { approval: second } = await eventOf(engine, next.runId, "approval.requested");
    const again2 = (actor: string, given: string) =>
      engine.decide({ ...yes(second), actor, typed: "demo", code: given });
    await expect(again2("alice", used)).rejects.toThrow("used before");
    await again2("alice", code(alice));
    await again2("bob", code(bob, 30));
    expect(await engine.finished(next.runId, never)).toMatchObject({ state: "done" });
  });
});
