import { mkdtempSync } from "node:fs";
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import help from "../../commands/help.ts";
import reviewsAck from "../../commands/reviews.ack.ts";
import reviewsList from "../../commands/reviews.list.ts";
import totpEnroll from "../../commands/totp.enroll.ts";
import { approvalRules } from "../../src/auth/approval-rules.ts";
import { openAuthorizer } from "../../src/auth/authorize.ts";
import { WhoMay } from "../../src/auth/who-may.ts";
import { request, submit } from "../../src/chat/console/client.ts";
import { serveConsole } from "../../src/chat/console/server.ts";
import { openDesk } from "../../src/chat/desk.ts";
import { ClusterName } from "../../src/core/cluster.ts";
import { commandFor } from "../../src/core/command.ts";
import type { Desk } from "../../src/core/desk.ts";
import { playbook } from "../../src/core/playbook.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { deskRuns } from "../../src/main/runs.ts";
import { console, slack } from "../auth/fixture.ts";
import { freshDir, eventOf, never, openWorld, testPlan, type World } from "../engine/fixture.ts";

const scale = playbook({
  name: "scale",
  version: 1,
  input: z.object({ name: ClusterName, web: z.coerce.number() }),
  risk: "reversible",
  cluster: ({ name }) => name,
  plan: async (_context, { name, web }) => ({ ...testPlan("reversible", name), input: { name, web } }),
  run: () => Promise.resolve({ ok: true, verdict: "scaled" }),
});
const restart = playbook({
  ...scale,
  name: "restart",
  risk: "outage",
  input: z.object({ name: ClusterName }),
  plan: async (_context, { name }) => ({ ...testPlan("outage", name), playbook: "restart" }),
});
const wipe = playbook({
  ...restart,
  name: "wipe",
  risk: "dataloss",
  plan: async (_context, { name }) => ({ ...testPlan("dataloss", name), playbook: "wipe" }),
});
const commands = [
  help,
  reviewsList,
  reviewsAck,
  totpEnroll,
  commandFor(scale, { name: "cluster scale", summary: "", access: "operator" }),
  commandFor(restart, { name: "cluster restart", summary: "", access: "operator" }),
  commandFor(wipe, { name: "cluster wipe", summary: "", access: "admin" }),
];
const team = {
  people: [
    { name: "alice", roles: ["operator"], slack: "U1", console: "al" },
    { name: "bob", roles: ["operator"], slack: "U2" },
    { name: "dave", roles: ["scaler"], slack: "U4", console: "dave" },
  ],
  roles: { scaler: [{ allow: ["cluster scale"], where: { web: { max: 4 } } }] },
  channels: [{ name: "ops", slack: "C1" }],
};

let world: World;
let engine: Engine;
let desk: Desk;
let whoMay: WhoMay;

beforeEach(async () => {
  whoMay = WhoMay.parse(team);
  const authorizer = openAuthorizer({ current: () => whoMay, owner: "root", commands });
  const playbooks = [scale, restart, wipe] as unknown as Parameters<typeof openWorld>[0];
  const place = { stateDir: freshDir(), databaseUrl: null };
  world = await openWorld(playbooks, { place, rules: approvalRules(authorizer, () => whoMay) });
  engine = world.engine;
  desk = openDesk({ commands, services: world.services, runs: deskRuns(engine), authorizer });
});
afterEach(() => world.close());

/** Starts a run and waits until it asks. */
async function asking(text: string, caller: Parameters<Desk["submit"]>[1]): Promise<string> {
  const receipt = await desk.submit(text, caller);
  if (receipt.kind !== "run") throw new Error("it started nothing");
  await eventOf(engine, receipt.runId, "approval.requested");
  return receipt.runId;
}

it("journals people by their names, whatever they are called where they speak", async () => {
  const runId = await asking("/cluster scale prod 3", slack("U1"));
  await desk.decide(runId, console("al"), "yes");
  const view = await engine.finished(runId, never);
  expect(view).toMatchObject({ state: "done", actor: "alice", approval: { requester: "alice", by: "alice" } });
});

it("takes nobody for a second person who is the first under another name", async () => {
  const runId = await asking("/cluster restart prod", slack("U1"));
  expect((await engine.view(runId))?.approval?.need.self).toBe(false);
  await expect(desk.decide(runId, console("al"), "yes")).rejects.toMatchObject({ code: "needs_second_person" });
  await expect(desk.decide(runId, slack("U9"), "yes")).rejects.toMatchObject({ code: "forbidden" });
  await expect(desk.decide(runId, slack("U2", null), "yes")).rejects.toMatchObject({ code: "forbidden" });
  expect((await engine.view(runId))?.state).toBe("waiting");
  await desk.decide(runId, slack("U2"), "yes");
  expect(await engine.finished(runId, never)).toMatchObject({ state: "done", approval: { by: "bob" } });
});

it("decides by the roles of the moment of the click", async () => {
  const runId = await asking("/cluster restart prod", slack("U1"));
  whoMay = WhoMay.parse({ ...team, people: team.people.slice(0, 1) });
  await expect(desk.decide(runId, slack("U2"), "yes")).rejects.toMatchObject({ code: "forbidden" });
  whoMay = WhoMay.parse(team);
  await desk.decide(runId, slack("U2"), "yes");
  expect(await engine.finished(runId, never)).toMatchObject({ state: "done" });
});

it("asks nobody for a second person where there is none", async () => {
  whoMay = WhoMay.parse({ ...team, people: team.people.slice(0, 1) });
  const runId = await asking("/cluster restart prod", slack("U1"));
  expect((await engine.view(runId))?.approval?.need).toMatchObject({ self: true, alone: true });
  await desk.decide(runId, slack("U1"), "yes");
  expect(await engine.finished(runId, never)).toMatchObject({ state: "done" });
});

it("lets somebody with one narrow right use it to the end, and no further", async () => {
  await expect(desk.submit("/cluster scale prod 5", slack("U4"))).rejects.toThrow("only with web of at most 4");
  const runId = await asking("/cluster scale prod 4", slack("U4"));
  await desk.decide(runId, slack("U4"), "yes");
  expect(await engine.finished(runId, never)).toMatchObject({ state: "done", actor: "dave" });
});

it("lets those stop a run who asked for it or may approve it", async () => {
  const refused = await asking("/cluster restart prod", slack("U1"));
  await expect(desk.decide(refused, slack("U4"), "no")).rejects.toMatchObject({ code: "forbidden" });
  await expect(desk.cancel(refused, slack("U4"))).rejects.toMatchObject({ code: "forbidden" });
  await desk.decide(refused, slack("U1"), "no");
  expect(await engine.finished(refused, never)).toMatchObject({ state: "rejected", approval: { by: "alice" } });
  const cancelled = await asking("/cluster restart prod", slack("U1"));
  await desk.cancel(cancelled, slack("U2"));
  expect(await engine.finished(cancelled, never)).toMatchObject({ approval: { by: "bob" } });
  await expect(desk.cancel("nothing", slack("U1"))).rejects.toMatchObject({ code: "no_such_run" });
  await expect(desk.decide(cancelled, slack("U1"), "no")).rejects.toThrow("This was already rejected by bob.");
});

it("lets the requester break the glass where the configuration allows it, and somebody else look at it", async () => {
  whoMay = WhoMay.parse({ ...team, breakGlass: true });
  const runId = await asking("/cluster restart prod", slack("U1"));
  await expect(desk.decide(runId, slack("U1"), "break-glass")).rejects.toMatchObject({ code: "needs_reason" });
  await expect(desk.decide(runId, slack("U2"), "break-glass now")).rejects.toMatchObject({ code: "no_break_glass" });
  await desk.decide(runId, slack("U1"), "break-glass the site is down");
  expect(await engine.finished(runId, never)).toMatchObject({ state: "done", glass: { reason: "the site is down" } });
  const typed = async (text: string, caller: Parameters<Desk["submit"]>[1]) => {
    const receipt = await desk.submit(text, caller);
    return receipt.kind === "answer" ? receipt.result : undefined;
  };
  const [id = ""] = (await typed("/reviews list", slack("U1")))?.table?.rows[0] ?? [];
  await expect(typed(`/reviews ack ${id}`, console("al"))).rejects.toMatchObject({ code: "own_review" });
  expect((await typed(`/reviews ack ${id}`, slack("U2")))?.verdict).toContain("alice did alone (the site is down)");
  expect((await typed("/reviews list", slack("U1")))?.verdict).toBe("No review is open.");
});

it("does not let the glass be broken by who may no longer approve", async () => {
  whoMay = WhoMay.parse({ ...team, breakGlass: true });
  const runId = await asking("/cluster restart prod", slack("U1"));
  whoMay = WhoMay.parse({ ...whoMay, people: [{ ...team.people[0], roles: ["viewer"] }, ...team.people.slice(1)] });
  await expect(desk.decide(runId, slack("U1"), "break-glass now")).rejects.toMatchObject({ code: "forbidden" });
});

it("asks each of two people at a console once, and shows both how it ended", async () => {
  const admin = (name: string) => ({ name, roles: ["admin"], console: name });
  whoMay = WhoMay.parse({ people: [admin("alice"), admin("bob")] });
  const path = join(mkdtempSync(join(tmpdir(), "nonet-console-")), "console.sock");
  const stop = await serveConsole(desk, path);
  try {
    const asked: string[] = [];
    const typed = (user: string, seen: () => void) =>
      submit(path, "/cluster wipe prod", user, {
        card: ({ question }) => question?.text.startsWith("One node is created. 1 of 2") === true && seen(),
        ask: async ({ question }) => {
          asked.push(`${user}: ${question?.approveWith}`);
          return question?.approveWith ?? null;
        },
      });
    const one = Promise.withResolvers<void>();
    const alice = typed("alice", one.resolve);
    await one.promise;
    const both = await Promise.all([alice, typed("bob", () => undefined)]);
    expect(both.map(({ result }) => result.verdict)).toEqual(["scaled", "scaled"]);
    expect(asked).toEqual(["alice: prod", "bob: yes"]);
    expect(both[0].card.facts).toContainEqual(["approved", "by alice and bob"]);
  } finally {
    await stop();
  }
});

it("shows the secret of one-time codes at the console only, once", async () => {
  await expect(desk.submit("/totp enroll", slack("U1"))).rejects.toMatchObject({ code: "console_only" });
  const receipt = await desk.submit("/totp enroll", console("al"));
  expect(receipt).toMatchObject({ result: { text: expect.stringMatching(/^otpauth:\/\/totp\/Nonet:alice\?/) } });
  await expect(desk.submit("/totp enroll", console("al"))).rejects.toMatchObject({ code: "enrolled" });
});

it("teaches the options of a command only to those who may use it", async () => {
  await expect(desk.submit("/cluster restart prod twice", slack("U4"))).rejects.toMatchObject({ code: "forbidden" });
  await expect(desk.submit("/cluster restart prod twice", slack("U1"))).rejects.toMatchObject({ code: "bad_input" });
});

it("helps, completes and suggests by what one may", async () => {
  const helped = async (caller: Parameters<Desk["submit"]>[1]) => {
    const receipt = await desk.submit("/help", caller);
    return receipt.kind === "answer" ? receipt.result.table?.rows.map(([usage]) => usage) : [];
  };
  expect(await helped(slack("U4"))).toEqual(["/help", "/totp enroll", "/cluster scale NAME WEB"]);
  expect(await helped(slack("U4", null))).toEqual(["/help", "/totp enroll"]);
  expect(await helped(slack("U1"))).toHaveLength(6);
  await expect(desk.submit("/help", slack("U9"))).rejects.toMatchObject({ code: "forbidden" });
  await expect(desk.submit("/cluster restrat prod", slack("U1"))).rejects.toThrow("Did you mean /cluster restart?");
  await expect(desk.submit("/cluster restrat prod", slack("U4"))).rejects.toThrow(/no command \/cluster restrat\.$/);
});

it("lets the owner of the machine speak as any user of it, through a socket nobody else can open", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "nonet-console-")), "console.sock");
  const stop = await serveConsole(desk, path);
  try {
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const usages = async (user: string) => request(path, { kind: "commands", user });
    expect(await usages("dave")).toMatchObject({ usages: ["/help", "/totp enroll", "/cluster scale NAME WEB"] });
    expect(await usages("root")).toMatchObject({ usages: { length: 7 } });
    expect(await usages("mallory")).toMatchObject({ usages: [] });
    const watcher = { card: () => undefined, ask: () => Promise.resolve("yes") };
    await expect(submit(path, "/cluster scale prod 9", "dave", watcher)).rejects.toThrow("only with web of at most 4");
    expect(await submit(path, "/cluster scale prod 3", "dave", watcher)).toMatchObject({ result: { ok: true } });
  } finally {
    await stop();
  }
});
