import { expect, test } from "vitest";
import type { Risk } from "../../src/core/plan.ts";
import { eventOf, never, testPlan, testPlaybook, type World } from "./fixture.ts";
import { everything, factOf, lag, last, open, routing, type Playbooks } from "./noticing.ts";
import { onBothStores } from "./stores.ts";

const minute = 60_000;
const demo = { cluster: "demo" };
const refusal = (code: string) => expect.objectContaining({ code });

/** A playbook of this risk that changes something and then fails unless all is well. */
const changing = (risk: Exclude<Risk, "read">, isWell: () => boolean) =>
  testPlaybook({
    risk,
    plan: async (_context, { cluster }) => testPlan(risk, cluster),
    run: async (run) => {
      await run.step({ name: "change", title: "Change" }, async () => ({ sentence: "Changed.", changed: 1 }));
      if (!isWell()) throw new Error("no");
      return { ok: true, verdict: "consistent" };
    },
  });

/** Runs it to its end, with the yes it takes. */
async function ranThrough(
  { engine }: World,
  playbook: Playbooks[number],
  cluster: string,
  { by = "bob", places = [] }: { readonly by?: string; readonly places?: readonly string[] } = {},
) {
  const { runId } = await engine.start(playbook, { cluster }, "alice", places);
  const { approval } = await eventOf(engine, runId, "approval.requested");
  await engine.decide({ approvalId: approval.id, hash: approval.hash, verdict: "approved", actor: by, via: "console" });
  await engine.finished(runId, never);
  return runId;
}

onBothStores((store) => {
  test("what repeats counts on one card and says so now and then; acknowledged, it begins anew", async () => {
    const { mouth, notices, clock, engine } = await open({
      place: await store.place(),
      routesFor: routing(everything),
    });
    await notices.raise(lag());
    await mouth.until(() => mouth.messages.length === 1);
    expect(last(mouth)).toMatchObject({ title: "db2 of prod lags behind", state: "asking" });
    for (let times = 2; times <= 4; times += 1) {
      clock.pass(5 * minute);
      await notices.raise(lag({ text: `It is ${times} minutes behind db1.` }));
    }
    await mouth.until(() => factOf(mouth, "happened") === "4 times since 00:00 UTC, last at 00:15 UTC");
    expect(last(mouth)?.verdict).toBe("It is 4 minutes behind db1.");
    await mouth.until(() => mouth.messages[0]?.lines.length === 1);
    clock.pass(minute);
    await notices.raise(lag());
    await mouth.until(() => factOf(mouth, "happened")?.startsWith("5 times") === true);
    expect(mouth.messages).toMatchObject([{ lines: ["3 more since 00:00 UTC: db2 of prod lags behind"] }]);

    const [open1] = await notices.open();
    const id = open1?.id ?? "";
    const both = await Promise.allSettled([notices.acknowledge(id, "bob"), notices.acknowledge(id, "carol")]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const by = both[0].status === "fulfilled" ? "bob" : "carol";
    await expect(notices.acknowledge(id, "dave")).rejects.toThrow(`${by} has seen it already.`);
    await mouth.until(() => last(mouth)?.state === "done");
    expect(factOf(mouth, "seen")).toBe(`by ${by} at 00:16 UTC`);
    expect(last(mouth)?.actions).toEqual([]);
    const audited = (await engine.audit.records()).filter(({ kind }) => kind === "notice.acknowledged");
    expect(audited).toMatchObject([{ actor: by, cluster: "prod", data: { notice: id, key: "lag:prod" } }]);

    await notices.raise(lag());
    await mouth.until(() => mouth.messages.length === 2);
    await notices.resolve("lag:prod");
    await mouth.until(() => factOf(mouth, "resolved") !== undefined && factOf(mouth, "resolved", 1) !== undefined);
    expect(last(mouth, 1)).toMatchObject({ state: "done", actions: [] });
    const [newer] = await notices.beginning(mouth.messages[1]?.cards[0]?.actions[0]?.id.split(":")[1] ?? "");
    await expect(notices.acknowledge(newer?.id ?? "", "bob")).rejects.toThrow(refusal("not_open"));
    expect(await notices.open()).toEqual([]);
    expect(mouth.wrongs).toEqual([]);
  });

  test("an old card is out of sight: what happens again a day later is told anew, and news after an hour", async () => {
    const { mouth, notices, clock } = await open({ place: await store.place(), routesFor: routing(everything) });
    await notices.raise(lag());
    clock.pass(2 * 60 * minute);
    await notices.raise(lag());
    await mouth.until(() => factOf(mouth, "happened")?.startsWith("2 times") === true);
    clock.pass(24 * 60 * minute);
    await notices.raise(lag());
    await mouth.until(() => mouth.messages.length === 2 && factOf(mouth, "goes on") !== undefined);
    expect(last(mouth)?.actions).toEqual([]);
    expect(await notices.open()).toMatchObject([{ count: 1 }]);
    const news = lag({ key: "news", severity: "info" });
    await notices.raise(news);
    clock.pass(61 * minute);
    await notices.raise(news);
    await mouth.until(() => mouth.messages.length === 4);
    expect(mouth.messages.slice(2).map(({ cards }) => cards.at(-1)?.actions)).toEqual([[], []]);
    expect(await notices.open()).toHaveLength(1);
  });

  test("a run that failed is told by how bad it is, to those who want it, with what can be done; a good one resolves it", async () => {
    let well = false;
    const outage = changing("outage", () => well);
    const reversible = { ...changing("reversible", () => well), name: "small" };
    const calls = { channel: "calls", on: ["failed"], severity: "critical", mention: ["carol"] };
    const staging = { ...everything, clusters: ["demo"], severity: "warning" };
    const world = await open({ place: await store.place(), routesFor: routing(staging, calls) }, [outage, reversible]);
    const { mouth, notices, engine } = world;
    const runId = await ranThrough(world, outage, "demo");
    await mouth.until(() => mouth.messages.length === 2 && mouth.messages.some(({ lines }) => lines.length === 1));
    const said = Map.groupBy(mouth.messages, ({ place }) => place);
    expect(said.get("slack:C2")).toMatchObject([
      { mentions: ["carol"], lines: ["Critical: test demo, started by alice, failed. Somebody must look at it now."] },
    ]);
    expect(said.get("slack:C1")).toMatchObject([{ mentions: [], lines: [], cards: [{ state: "failed" }] }]);
    expect(said.get("slack:C1")?.[0]?.cards[0]?.actions).toMatchObject([
      { label: "Carry on", id: `resume:${runId}:` },
      { label: "Acknowledge" },
    ]);
    await ranThrough(world, reversible, "demo", { by: "alice" });
    await ranThrough(world, reversible, "other", { by: "alice" });
    const { runId: refused } = await engine.start(outage, demo, "alice");
    await eventOf(engine, refused, "approval.requested");
    await engine.cancel(refused, "bob");
    await engine.finished(refused, never);
    await mouth.until(() => mouth.messages.length === 3);
    expect(last(mouth, 2)).toMatchObject({ title: "small demo, started by alice, failed", state: "asking" });
    const waiting = async () =>
      (await notices.open()).map(({ key, severity, count }) => `${key}, ${severity}, ${count}`).toSorted();
    // A refusal is only news, and so has not made it worse or told it again.
    expect(await waiting()).toEqual([
      "failed:small demo, warning, 1",
      "failed:small other, warning, 1",
      "failed:test demo, critical, 1",
    ]);
    well = true;
    await ranThrough(world, outage, "demo");
    expect(await waiting()).toEqual(["failed:small demo, warning, 1", "failed:small other, warning, 1"]);
    await mouth.until(() => mouth.messages.filter((_, at) => factOf(mouth, "resolved", at) !== undefined).length === 2);
  });

  test("where the card of a run is shown anyway, only what is critical is told beside it", async () => {
    const [outage, small] = [
      changing("outage", () => false),
      { ...changing("reversible", () => false), name: "small" },
    ];
    const world = await open({ place: await store.place(), routesFor: routing(everything) }, [outage, small]);
    const { mouth, notices } = world;
    await ranThrough(world, small, "demo", { by: "alice", places: ["slack:C1"] });
    const runId = await ranThrough(world, outage, "demo", { places: ["slack:C1"] });
    await mouth.until(() => mouth.messages.length === 3);
    expect(mouth.messages.map((message) => message.runId === null && message.cards[0]?.title)).toEqual([
      false,
      false,
      "test demo, started by alice, failed",
    ]);
    expect(factOf(mouth, "run", 2)).toBe(runId.slice(0, 8));
    expect(await notices.open()).toHaveLength(2);
  });

  test("an outage of the chat loses nothing: one message, its newest state, each line once", async () => {
    const { mouth, notices, clock } = await open({ place: await store.place(), routesFor: routing(everything) });
    mouth.mood = "lost";
    await notices.raise(lag({ actor: "alice" }));
    await mouth.until(() => mouth.messages.length === 1);
    mouth.mood = "down";
    await mouth.until(() => mouth.refused > 0);
    clock.pass(20 * minute);
    await notices.raise(lag());
    const [notice] = await notices.open();
    await notices.acknowledge(notice?.id ?? "", "bob");
    mouth.mood = "well";
    await mouth.until(() => factOf(mouth, "seen") !== undefined && mouth.messages[0]?.lines.length === 1);
    expect(mouth.messages).toHaveLength(1);
    expect(factOf(mouth, "happened")).toMatch(/^2 times/);
    expect(mouth.wrongs).toEqual([]);
  });

  test("what waits for a word is kept, what waits for none is forgotten after a month", async () => {
    const place = await store.place();
    const first = await open({ place, routesFor: routing(everything) });
    const { mouth, clock, notices, engine } = first;
    await notices.raise(lag());
    await notices.raise(lag({ key: "news", severity: "info" }));
    await mouth.until(() => mouth.messages.length === 2);
    const at = { place: "slack:C1", messageId: mouth.messages[0]?.id ?? "" };
    await expect.poll(() => notices.under(at)).toMatchObject({ key: "lag:prod" });
    await engine.audit.record({ kind: "test", actor: null, cluster: null, data: {} });
    await first.close();
    clock.pass(31 * 24 * 60 * minute);
    const again = await open({ place, clock, mouth, routesFor: routing(everything) });
    await mouth.until(() => mouth.messages.length === 3);
    await expect
      .poll(() => again.state.store.all("select key from notices where topic <> 'audit'"))
      .toEqual([{ key: "lag:prod" }]);
    expect(await again.notices.under(at)).toMatchObject({ key: "lag:prod" });
  });
});
