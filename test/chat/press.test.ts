import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import runsList from "../../commands/runs.list.ts";
import runsResume from "../../commands/runs.resume.ts";
import runsShow from "../../commands/runs.show.ts";
import { approvalRules } from "../../src/auth/approval-rules.ts";
import { openAuthorizer } from "../../src/auth/authorize.ts";
import { WhoMay } from "../../src/auth/who-may.ts";
import { openDesk } from "../../src/chat/desk.ts";
import { actionId } from "../../src/core/action.ts";
import type { Caller } from "../../src/core/caller.ts";
import type { Card } from "../../src/core/card.ts";
import { ClusterName } from "../../src/core/cluster.ts";
import { commandFor } from "../../src/core/command.ts";
import type { Desk, PressedAt } from "../../src/core/desk.ts";
import { OpsError } from "../../src/core/errors.ts";
import { playbook } from "../../src/core/playbook.ts";
import { deskRuns } from "../../src/main/runs.ts";
import { slack } from "../auth/fixture.ts";
import { freshDir, never, openWorld, testPlan, type World } from "../engine/fixture.ts";
import { FakeMouth } from "../fakes/mouth.ts";

const long = Array.from({ length: 40 }, (_, at) => `/etc/file${at}`);
const input = z.object({ name: ClusterName, size: z.coerce.number().int().max(9).optional() });
const restart = playbook({
  name: "restart",
  version: 1,
  input,
  risk: "outage",
  cluster: ({ name }) => name,
  plan: async (_context, { name }) => ({
    ...testPlan("outage", name),
    playbook: "restart",
    ...(name === "long"
      ? {
          changes: long.map((key) => ({
            node: "web1",
            operation: "file",
            key,
            changes: [{ field: "content", have: null, want: "x" }],
          })),
          deletes: [{ node: "web9", label: "long-web9", id: 9, monthlyUsd: 5 }],
        }
      : {}),
  }),
  run: async (_run, { name }) => {
    if (name === "broken") throw new OpsError({ code: "broken", message: "The disk is full." });
    return { ok: true, verdict: "restarted" };
  },
});
const wipe = playbook({
  ...restart,
  name: "wipe",
  risk: "dataloss",
  plan: async (_context, { name }) => ({ ...testPlan("dataloss", name), playbook: "wipe" }),
});
const commands = [
  runsShow,
  runsResume,
  runsList,
  commandFor(restart, { name: "cluster restart", summary: "Restart all", access: "operator" }),
  commandFor(wipe, { name: "cluster wipe", summary: "Wipe all", access: "admin" }),
];
const whoMay = WhoMay.parse({
  people: [
    { name: "alice", roles: ["admin"], slack: "U1", discord: "11111111111111111" },
    { name: "bob", roles: ["admin"], slack: "U2", discord: "22222222222222222" },
    { name: "carol", roles: ["viewer on prod"], slack: "U3" },
  ],
  channels: [
    { name: "ops", slack: "C1", discord: "33333333333333333" },
    { name: "staging", slack: "C2" },
  ],
  breakGlass: true,
});
const discord = (id: string): Caller => ({ via: "discord", id, channel: "33333333333333333" });

let inSlack: FakeMouth;
let inDiscord: FakeMouth;
let world: World;
let desk: Desk;

beforeEach(async () => {
  inSlack = Object.assign(new FakeMouth(), { kind: "slack" });
  inDiscord = Object.assign(new FakeMouth(), { kind: "discord" });
  const authorizer = openAuthorizer({ current: () => whoMay, owner: "root", commands });
  world = await openWorld([restart, wipe] as unknown as Parameters<typeof openWorld>[0], {
    place: { stateDir: freshDir(), databaseUrl: null },
    mouths: [inSlack, inDiscord],
    rules: approvalRules(authorizer, () => whoMay),
  });
  const { engine, services } = world;
  desk = openDesk({ commands, services, runs: deskRuns(engine), authorizer, audit: engine.audit });
});
afterEach(() => world.close());

/** A run whose question can be answered in Slack. */
async function asked(text: string) {
  const receipt = await desk.submit(text, slack("U1"));
  if (receipt.kind !== "run") throw new Error("it started nothing");
  await inSlack.until(() => cardOf(receipt.runId)?.question != null);
  // The id of the message is stored once its delivery is.
  await inDiscord.until(() =>
    inDiscord.messages.some(({ runId, cards }) => runId === receipt.runId && cards.at(-1)?.question != null),
  );
  const message = inSlack.messages.find(({ runId }) => runId === receipt.runId);
  const at: PressedAt = { place: "slack:C1", messageId: message?.id ?? "" };
  await expect.poll(() => world.engine.shows.messageOf(receipt.runId, at.place)).toBe(at.messageId);
  return { runId: receipt.runId, at, id: (label: string) => button(cardOf(receipt.runId), label) };
}

const cardOf = (runId: string): Card | undefined =>
  inSlack.messages.find((message) => message.runId === runId)?.cards.at(-1);

function button(card: Card | undefined, label: string): string {
  const found = card?.actions.find((action) => action.label === label);
  if (found === undefined) throw new Error(`there is no button ${label}: ${card?.actions.map((each) => each.label)}`);
  return found.id;
}

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

it("completes and offers forms by what one may", async () => {
  const { runId } = await asked("/cluster restart prod");
  const runs = { command: "runs show", option: "id", typed: "", given: {} };
  expect(await desk.complete(runs, slack("U1"))).toEqual([
    { value: runId.slice(0, 8), label: `${runId.slice(0, 8)} /cluster restart prod by alice, waiting now` },
  ]);
  expect(await desk.complete(runs, slack("U9"))).toEqual([]);
  expect(await desk.complete({ ...runs, command: "cluster wipe" }, slack("U3"))).toEqual([]);
  expect(desk.formFor("/cluster restart", slack("U1"))).toMatchObject({
    command: "cluster restart",
    options: [
      { name: "name", required: true, kind: "text", about: "cluster" },
      { name: "size", required: false, kind: "integer", max: 9 },
    ],
  });
  expect(desk.formFor("/cluster restart", slack("U3"))).toBeUndefined();
  expect(desk.formFor("/cluster restart prod", slack("U1"))).toBeUndefined();
  expect(desk.formFor("/runs list", slack("U1"))).toBeUndefined();
  await expect(desk.submit("/cluster", slack("U1"))).rejects.toThrow("/cluster needs one more word: restart or wipe.");
  await expect(desk.use("cluster restart", { name: "prod", speed: "9" }, slack("U1"))).rejects.toThrow(
    "no option “speed”",
  );
});

it("shows a board of what one may see", async () => {
  await asked("/cluster restart prod");
  await asked("/cluster restart staging");
  const titles = async (caller: Caller) => (await desk.board(caller)).runs.map(({ cluster }) => cluster);
  expect(await titles(slack("U1", null))).toEqual(["prod", "staging"]);
  expect(await titles(slack("U3", null))).toEqual(["prod"]);
  expect(await titles(slack("U9", null))).toEqual([]);
});
