import { afterEach, beforeEach, expect } from "vitest";
import { z } from "zod";
import noticesAck from "../../commands/notices.ack.ts";
import noticesList from "../../commands/notices.list.ts";
import reviewsAck from "../../commands/reviews.ack.ts";
import runsList from "../../commands/runs.list.ts";
import runsResume from "../../commands/runs.resume.ts";
import runsShow from "../../commands/runs.show.ts";
import { approvalRules } from "../../src/auth/approval-rules.ts";
import { openAuthorizer } from "../../src/auth/authorize.ts";
import { WhoMay } from "../../src/auth/who-may.ts";
import { openDesk } from "../../src/chat/desk.ts";
import type { Caller } from "../../src/core/caller.ts";
import type { Card } from "../../src/core/card.ts";
import { ClusterName } from "../../src/core/cluster.ts";
import { commandFor } from "../../src/core/command.ts";
import type { Desk, PressedAt } from "../../src/core/desk.ts";
import { OpsError } from "../../src/core/errors.ts";
import { playbook } from "../../src/core/playbook.ts";
import { deskRuns } from "../../src/main/runs.ts";
import { slack } from "../auth/fixture.ts";
import { freshDir, heardAt, openWorld, testPlan, type World } from "../engine/fixture.ts";
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
/** Looks, and offers something that only an operator may do. */
const inspect = playbook({
  name: "inspect all",
  version: 1,
  input: z.object({ name: ClusterName }),
  risk: "read",
  cluster: ({ name }) => name,
  run: async (_run, { name }) => ({
    ok: false,
    verdict: "degraded: db2 is open",
    diff: ["+ db2 IPv4: -A INPUT -j ACCEPT"],
    next: [{ command: `/cluster restart ${name}`, label: "Restart all" }],
  }),
});
const commands = [
  runsShow,
  runsResume,
  runsList,
  reviewsAck,
  noticesList,
  noticesAck,
  commandFor(restart, { name: "cluster restart", summary: "Restart all", access: "operator" }),
  commandFor(inspect, { name: "inspect all", summary: "Look at all", access: "viewer" }),
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
export const discord = (id: string): Caller => ({ via: "discord", id, channel: "33333333333333333" });

export let inSlack: FakeMouth;
export let inDiscord: FakeMouth;
export let world: World;
export let desk: Desk;

/** A desk over a real engine, seen from two chats; made anew for each test of the file that says so. */
export function withTwoChats(): void {
  beforeEach(async () => {
    inSlack = Object.assign(new FakeMouth(), { kind: "slack" });
    inDiscord = Object.assign(new FakeMouth(), { kind: "discord" });
    const authorizer = openAuthorizer({ current: () => whoMay, owner: "root", commands });
    world = await openWorld([restart, wipe, inspect] as unknown as Parameters<typeof openWorld>[0], {
      place: { stateDir: freshDir(), databaseUrl: null },
      mouths: [inSlack, inDiscord],
      rules: approvalRules(authorizer, () => whoMay),
      routesFor: heardAt({ failed: ["slack:C2"], glass: ["slack:C2"] }),
    });
    const { engine, services } = world;
    desk = openDesk({ commands, services, runs: deskRuns(engine), authorizer, audit: engine.audit });
  });
  afterEach(() => world.close());
}

/** A run whose question can be answered in Slack. */
export async function asked(text: string) {
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

export const cardOf = (runId: string): Card | undefined =>
  inSlack.messages.find((message) => message.runId === runId)?.cards.at(-1);

export function button(card: Card | undefined, label: string): string {
  const found = card?.actions.find((action) => action.label === label);
  if (found === undefined) throw new Error(`there is no button ${label}: ${JSON.stringify(card?.actions)}`);
  return found.id;
}
