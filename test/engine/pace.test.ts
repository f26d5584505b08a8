import { expect, test } from "vitest";
import type { Card } from "../../src/core/card.ts";
import { MouthBusy, MouthUnfinished, type Delivery } from "../../src/core/mouth.ts";
import { FakeMouth } from "../fakes/mouth.ts";
import { eventOf, freshDir, never, openWorld, testPlan, testPlaybook } from "./fixture.ts";

const demo = { cluster: "demo" };
const place = () => ({ stateDir: freshDir(), databaseUrl: null });

test("progress waits for the chat's pace, what somebody waits for does not", async () => {
  const mouth = new FakeMouth();
  mouth.paceMs = 3_600_000;
  const playbook = testPlaybook({
    plan: async (_context, { cluster }) => testPlan("reversible", cluster),
    run: async (run) => {
      for (const name of ["one", "two", "three"]) {
        await run.step({ name, title: name }, async () => ({ sentence: `${name} is done.` }));
      }
      return { ok: true, verdict: "consistent" };
    },
  });
  const { engine, close } = await openWorld([playbook], { place: place(), mouths: [mouth] });
  const { runId } = await engine.start(playbook, demo, "alice", ["fake:C1"]);
  await mouth.until(() => mouth.messages[0]?.cards.at(-1)?.question != null);
  const asked = mouth.messages[0]?.cards.length ?? 0;
  const { approval } = await eventOf(engine, runId, "approval.requested");
  const { id: approvalId, hash } = approval;
  await engine.decide({ approvalId, hash, verdict: "approved", actor: "bob", via: "console" });
  await mouth.until(() => mouth.messages[0]?.lines.includes("consistent") === true);
  const after = mouth.messages[0]?.cards.slice(asked) ?? [];
  // The decision and the end; more only where something came while the decision was being shown.
  expect(after.length).toBeLessThanOrEqual(3);
  expect(after.at(-1)?.checklist.map(({ title }) => title)).toEqual(expect.arrayContaining(["one", "two", "three"]));
  expect(mouth.messages[0]?.log).toContain("two: two is done.");
  expect(mouth.wrongs).toEqual([]);
  await close();
});

/** A chat that has no room at first, and puts every newer state of a card into another message. */
class MovingMouth extends FakeMouth {
  busy = 2;

  override async post(card: Card, delivery: Delivery): Promise<string> {
    this.busy -= 1;
    if (this.busy >= 0) throw new MouthBusy(1);
    return super.post(card, delivery);
  }

  override async update(_messageId: string, card: Card, delivery: Delivery): Promise<string> {
    return super.post(card, { ...delivery, key: `${delivery.key} moved` });
  }
}

test("a chat without room is no failure, and a card that moved is where it says", async () => {
  const mouth = new MovingMouth();
  const gate = Promise.withResolvers<void>();
  const playbook = testPlaybook({
    run: async (run) => {
      await run.step({ name: "one", title: "one" }, async () => {
        await gate.promise;
        return { sentence: "done." };
      });
      return { ok: true, verdict: "consistent" };
    },
  });
  const { engine, state, close } = await openWorld([playbook], { place: place(), mouths: [mouth] });
  const { runId } = await engine.start(playbook, demo, "alice", ["fake:C1"]);
  await mouth.until(() => mouth.messages.length > 0);
  gate.resolve();
  await engine.finished(runId, never);
  await mouth.until(() => mouth.messages.at(-1)?.lines.includes("consistent") === true);
  expect(mouth.messages.length).toBeGreaterThan(1);
  expect(await engine.shows.messageOf(runId, "fake:C1")).toBe(mouth.messages.at(-1)?.id);
  expect(await state.store.all("select id from outbox where failed is not null")).toEqual([]);
  await close();
});

/** A chat that has the words of a card at once, and its picture at the next attempt. */
class SlowMouth extends FakeMouth {
  readonly attempts: string[] = [];

  override async post(card: Card, delivery: Delivery): Promise<string> {
    this.attempts.push("post");
    throw new MouthUnfinished(1, await super.post(card, delivery));
  }

  override async update(messageId: string, card: Card, delivery: Delivery): Promise<string> {
    this.attempts.push(`update ${messageId}`);
    return super.update(messageId, card, delivery);
  }
}

test("a card whose picture is late is brought up to date in its message, and is no failure", async () => {
  const mouth = new SlowMouth();
  const playbook = testPlaybook({
    run: async (run) => {
      await run.step({ name: "one", title: "one" }, async () => ({ sentence: "done." }));
      return { ok: true, verdict: "consistent" };
    },
  });
  const { engine, state, close } = await openWorld([playbook], { place: place(), mouths: [mouth] });
  const { runId } = await engine.start(playbook, demo, "alice", ["fake:C1"]);
  await engine.finished(runId, never);
  await mouth.until(() => mouth.messages[0]?.lines.includes("consistent") === true);
  expect(mouth.messages).toHaveLength(1);
  expect(mouth.attempts.slice(0, 2)).toEqual(["post", `update ${mouth.messages[0]?.id}`]);
  expect(mouth.messages[0]?.cards.at(-1)?.verdict).toBe("consistent");
  expect(await state.store.all("select id from outbox where failed is not null or attempts > 0")).toEqual([]);
  expect(mouth.wrongs).toEqual([]);
  await close();
});
