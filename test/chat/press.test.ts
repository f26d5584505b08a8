import { expect, it } from "vitest";
import { actionId } from "../../src/core/action.ts";
import { slack } from "../auth/fixture.ts";
import { never } from "../engine/fixture.ts";
import { asked, button, cardOf, desk, discord, inDiscord, inSlack, world, withTwoChats } from "./two-chats.ts";

withTwoChats();

it("takes one yes by the button, from whoever may give it", async () => {
  const { runId, at, id } = await asked("/cluster restart prod");
  await expect(desk.press(id("Approve"), at, {}, slack("U1"))).rejects.toMatchObject({ code: "needs_second_person" });
  await expect(desk.press(id("Approve"), at, {}, slack("U3"))).rejects.toMatchObject({ code: "forbidden" });
  await expect(desk.press(id("Approve"), at, {}, slack("U9"))).rejects.toMatchObject({ code: "forbidden" });
  const approve = id("Approve");
  await desk.press(approve, at, {}, slack("U2"));
  expect(await world.engine.finished(runId, never)).toMatchObject({ state: "done", approval: { by: "bob" } });
  await expect(desk.press(approve, at, {}, slack("U2"))).rejects.toThrow("This was already approved by bob.");
});

it("shows what is started in both chats of a channel, and takes nobody for two people", async () => {
  const { runId } = await asked("/cluster restart prod");
  const message = inDiscord.messages[0];
  const at = { place: message?.place ?? "", messageId: message?.id ?? "" };
  expect(at.place).toBe("discord:33333333333333333");
  const approve = button(message?.cards.at(-1), "Approve");
  await expect(desk.press(approve, at, {}, discord("11111111111111111"))).rejects.toMatchObject({
    code: "needs_second_person",
  });
  await desk.press(approve, at, {}, discord("22222222222222222"));
  expect(await world.engine.finished(runId, never)).toMatchObject({ state: "done", approval: { by: "bob" } });
  await inSlack.until(() => cardOf(runId)?.endedAt != null);
  expect(cardOf(runId)?.actions).toEqual([]);
});

it("knows no button but its own, under its own message, while it is there", async () => {
  const { runId, at, id } = await asked("/cluster restart prod");
  const other = await asked("/cluster restart staging");
  const forged = [
    [id("Approve"), { ...at, messageId: "m99" }],
    [id("Approve"), { ...at, place: "slack:C2" }],
    [id("Approve"), other.at],
    ["approve:anything", at],
    [actionId({ deed: "approve", target: runId, hash: "0123456789abcdef" }), at],
    [actionId({ deed: "cancel", target: runId, hash: "" }), at],
    [actionId({ deed: "approve", target: "00000000-0000-0000-0000-000000000000", hash: "" }), at],
  ] as const;
  for (const [action, where] of forged) {
    await expect(desk.press(action, where, {}, slack("U2"))).rejects.toMatchObject({ code: "stale_button" });
    await expect(desk.action(action, where)).rejects.toMatchObject({ code: "stale_button" });
  }
  expect(await world.engine.view(runId)).toMatchObject({ state: "waiting" });
});

it("asks for the name of the cluster where data is at stake, and takes no other", async () => {
  const { runId, at, id } = await asked("/cluster wipe prod");
  expect(await desk.action(id("Approve"), at)).toMatchObject({
    fields: [
      { name: "typed", required: false },
      { name: "code", required: false },
    ],
  });
  await expect(desk.press(id("Approve"), at, { typed: "prud" }, slack("U1"))).rejects.toMatchObject({
    code: "needs_typed_name",
  });
  await desk.press(id("Approve"), at, { typed: "prod", code: "" }, slack("U1"));
  await inSlack.until(() => cardOf(runId)?.question?.text.includes("1 of 2") === true);
  await desk.press(id("Approve"), at, {}, slack("U2"));
  expect(await world.engine.finished(runId, never)).toMatchObject({ state: "done" });
});

it("takes a reason for going on alone", async () => {
  const { runId, at, id } = await asked("/cluster restart prod");
  await expect(desk.press(id("Break the glass"), at, {}, slack("U1"))).rejects.toMatchObject({ code: "needs_reason" });
  await desk.press(id("Break the glass"), at, { reason: "the site is down" }, slack("U1"));
  expect(await world.engine.finished(runId, never)).toMatchObject({ state: "done", glass: { actor: "alice" } });
});

it("takes no yes to a plan that its card cuts from somebody who has not opened it; deletions come first", async () => {
  const { runId, at, id } = await asked("/cluster restart long");
  expect(cardOf(runId)?.diff[0]).toBe("- delete web9 (long-web9, machine 9, $5.00 a month)");
  expect(cardOf(runId)?.diff.at(-1)).toBe("  … and 27 more");
  await expect(desk.press(id("Approve"), at, {}, slack("U2"))).rejects.toMatchObject({ code: "plan_not_opened" });
  await expect(desk.press(id("Whole plan"), at, {}, slack("U3"))).rejects.toMatchObject({ code: "forbidden" });
  const opened = await desk.press(id("Whole plan"), at, {}, slack("U2"));
  expect(opened).toMatchObject({ kind: "answer", shared: false, card: { diff: { length: 42 } } });
  await desk.press(id("Approve"), at, {}, slack("U2"));
  expect(await world.engine.finished(runId, never)).toMatchObject({ state: "done" });
});

it("refuses, and carries on what failed, by button", async () => {
  const refused = await asked("/cluster restart prod");
  await desk.press(refused.id("Refuse"), refused.at, {}, slack("U1"));
  expect(await world.engine.finished(refused.runId, never)).toMatchObject({ state: "rejected" });
  const { runId, at, id } = await asked("/cluster restart broken");
  await desk.press(id("Approve"), at, {}, slack("U2"));
  await inSlack.until(() => cardOf(runId)?.endedAt != null);
  await expect(desk.press(id("Carry on"), at, {}, slack("U3"))).rejects.toMatchObject({ code: "forbidden" });
  const again = await desk.press(id("Carry on"), at, {}, slack("U2"));
  expect(again).toMatchObject({ kind: "run" });
  const next = again?.kind === "run" ? again.runId : "";
  await inSlack.until(() => cardOf(next)?.question != null);
  expect(await world.engine.view(next)).toMatchObject({ resumes: runId, actor: "bob" });
});

it("takes a hundred clicks of two people for one decision", async () => {
  const { runId, at, id } = await asked("/cluster restart prod");
  const approve = id("Approve");
  const clicks = await Promise.allSettled(
    Array.from({ length: 100 }, (_, click) => desk.press(approve, at, {}, slack(click % 2 === 0 ? "U2" : "U1"))),
  );
  expect(clicks.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await world.engine.finished(runId, never)).toMatchObject({ state: "done", approval: { by: "bob" } });
});

it("offers what could be done about it, under the rights of whoever takes it up", async () => {
  const receipt = await desk.submit("/inspect all prod", slack("U3"));
  const runId = receipt.kind === "run" ? receipt.runId : "";
  await inSlack.until(() => cardOf(runId)?.endedAt != null);
  const messageId = inSlack.messages.find((message) => message.runId === runId)?.id ?? "";
  const at = { place: "slack:C1", messageId };
  await expect.poll(() => world.engine.shows.messageOf(runId, at.place)).toBe(messageId);
  expect(cardOf(runId)?.diff).toEqual(["+ db2 IPv4: -A INPUT -j ACCEPT"]);
  const offered = button(cardOf(runId), "Restart all");
  expect(offered).not.toContain("restart");
  await expect(desk.press(offered, at, {}, slack("U3"))).rejects.toMatchObject({ code: "forbidden" });
  const forged = actionId({ deed: "next", target: runId, hash: "1" });
  await expect(desk.press(forged, at, {}, slack("U2"))).rejects.toMatchObject({ code: "stale_button" });
  const taken = await desk.press(offered, at, {}, slack("U2"));
  const started = taken?.kind === "run" ? taken.runId : "";
  await inSlack.until(() => cardOf(started)?.question != null);
  expect(await world.engine.view(started)).toMatchObject({ playbook: "restart", cluster: "prod", actor: "bob" });
});
