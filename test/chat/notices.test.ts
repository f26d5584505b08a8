import { expect, it } from "vitest";
import type { Raised } from "../../src/core/notice.ts";
import { console, slack } from "../auth/fixture.ts";
import { eventOf, never } from "../engine/fixture.ts";
import { asked, button, cardOf, desk, inSlack, world, withTwoChats } from "./two-chats.ts";

withTwoChats();

const lag: Raised = {
  topic: "failed",
  key: "lag:prod",
  severity: "warning",
  cluster: "prod",
  title: "db2 lags behind",
  text: "It is 40 s behind.",
};

/** Where the newest notice of this title is shown, once that is stored. */
async function shown(title: string) {
  const found = () =>
    inSlack.messages.findLast(({ place, cards }) => place === "slack:C2" && cards[0]?.title === title);
  await inSlack.until(() => found() !== undefined);
  const message = found();
  const at = { place: "slack:C2", messageId: message?.id ?? "" };
  await expect.poll(() => world.engine.notices.under(at)).toBeDefined();
  return { at, last: () => message?.cards.at(-1), acknowledge: button(message?.cards.at(-1), "Acknowledge") };
}

const noticed = (user: string) => slack(user, "C2");

async function answer(text: string, caller: Parameters<typeof desk.submit>[1]) {
  const receipt = await desk.submit(text, caller);
  if (receipt.kind !== "answer") throw new Error("it is no answer");
  return receipt.result;
}

it("is acknowledged once by the button, by whoever may see the cluster, and leaves a trace", async () => {
  await world.engine.notices.raise(lag);
  const { at, acknowledge, last } = await shown("db2 lags behind");
  expect(await desk.action(acknowledge, at)).toMatchObject({ fields: [] });
  await expect(desk.press(acknowledge, at, {}, noticed("U9"))).rejects.toMatchObject({ code: "forbidden" });
  await desk.press(acknowledge, at, {}, noticed("U3"));
  await inSlack.until(() => last()?.state === "done");
  expect(last()?.facts).toContainEqual(["seen", "by carol at 00:00 UTC"]);
  await expect(desk.press(acknowledge, at, {}, noticed("U2"))).rejects.toMatchObject({ code: "stale_button" });
  const records = (await world.engine.audit.records()).map(({ kind, actor }) => `${kind}: ${actor}`);
  expect(records).toEqual(["acknowledge.denied: null", "notice.acknowledged: carol", "acknowledge.failed: bob"]);
});

it("is no business of who may not see the cluster, by button or by command", async () => {
  await world.engine.notices.raise({ ...lag, cluster: "staging" });
  const { at, acknowledge } = await shown("db2 lags behind");
  const [notice] = await world.engine.notices.open();
  await expect(desk.press(acknowledge, at, {}, noticed("U3"))).rejects.toMatchObject({ code: "forbidden" });
  const typed = `/notices ack ${notice?.id.slice(0, 8)}`;
  await expect(desk.submit(typed, noticed("U3"))).rejects.toMatchObject({ code: "forbidden" });
  await expect(desk.submit("/notices list", noticed("U3"))).rejects.toMatchObject({ code: "forbidden" });
  expect((await world.engine.notices.open())[0]).toMatchObject({ acknowledgedBy: null });
});

it("knows the button of no other message", async () => {
  const { runId, at: run } = await asked("/cluster restart prod");
  await world.engine.notices.raise(lag);
  const one = await shown("db2 lags behind");
  await world.engine.notices.raise({ ...lag, key: "other", title: "db1 is gone" });
  const other = await shown("db1 is gone");
  const forged = [
    [one.acknowledge, other.at],
    [one.acknowledge, { ...one.at, place: "slack:C1" }],
    [one.acknowledge, { ...one.at, messageId: "m99" }],
    [one.acknowledge, run],
    [button(cardOf(runId), "Approve"), one.at],
  ] as const;
  for (const [action, at] of forged) {
    await expect(desk.press(action, at, {}, slack("U2"))).rejects.toMatchObject({ code: "stale_button" });
    await expect(desk.action(action, at)).rejects.toMatchObject({ code: "stale_button" });
  }
  expect(await world.engine.notices.open()).toHaveLength(2);
  expect(await world.engine.view(runId)).toMatchObject({ state: "waiting" });
});

it("is listed and acknowledged at the console", async () => {
  await world.engine.notices.raise(lag);
  await world.engine.notices.raise({ ...lag, key: "other", cluster: "staging", title: "web1 is gone" });
  const listed = await answer("/notices list prod", console("root"));
  expect(listed.table?.rows).toEqual([
    [expect.stringMatching(/^[0-9a-f]{8}$/), "warning", "db2 lags behind", "1", "just now", "It is 40 s behind."],
  ]);
  const id = listed.table?.rows[0]?.[0] ?? "";
  expect(await answer(`/notices ack ${id}`, console("root"))).toMatchObject({
    verdict: "Noted: you have seen that db2 lags behind.",
  });
  await expect(answer(`/notices ack ${id}`, console("root"))).rejects.toThrow("root has seen it already");
  await expect(answer("/notices ack 00000000", console("root"))).rejects.toMatchObject({ code: "no_such_notice" });
  expect((await answer("/notices list", console("root"))).verdict).toBe("1 notice to be acknowledged.");
});

it("of a broken glass is the review, which takes somebody else with the right to review", async () => {
  const { runId, at, id } = await asked("/cluster restart prod");
  await desk.press(id("Break the glass"), at, { reason: "the site is down" }, slack("U1"));
  await world.engine.finished(runId, never);
  const notice = await shown("alice BROKE THE GLASS");
  const press = (user: string) => desk.press(notice.acknowledge, notice.at, {}, noticed(user));
  await expect(press("U3")).rejects.toMatchObject({ code: "forbidden" });
  await expect(press("U1")).rejects.toMatchObject({ code: "own_review" });
  expect(await world.engine.reviews.open()).toHaveLength(1);
  await press("U2");
  expect(await world.engine.reviews.open()).toEqual([]);
  expect(await eventOf(world.engine, runId, "glass.acknowledged")).toMatchObject({ actor: "bob" });
  await inSlack.until(() => notice.last()?.state === "done");
  expect(notice.last()?.facts).toContainEqual(["seen", "by bob at 00:00 UTC"]);
});

it("of a run that failed carries it on, under the rights of who presses it", async () => {
  const { runId, at, id } = await asked("/cluster restart broken");
  await desk.press(id("Approve"), at, {}, slack("U2"));
  await world.engine.finished(runId, never);
  const notice = await shown("restart broken, started by alice, failed");
  const carryOn = button(notice.last(), "Carry on");
  await expect(desk.press(carryOn, notice.at, {}, noticed("U3"))).rejects.toMatchObject({ code: "forbidden" });
  const again = await desk.press(carryOn, notice.at, {}, noticed("U2"));
  const next = again?.kind === "run" ? again.runId : "";
  expect(await world.engine.view(next)).toMatchObject({ resumes: runId, actor: "bob" });
});
