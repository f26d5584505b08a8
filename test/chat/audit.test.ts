import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import auditExport from "../../commands/audit.export.ts";
import auditHead from "../../commands/audit.head.ts";
import auditVerify from "../../commands/audit.verify.ts";
import { openAuthorizer } from "../../src/auth/authorize.ts";
import { WhoMay } from "../../src/auth/who-may.ts";
import { listen } from "../../src/chat/console/client.ts";
import { consoleMouth } from "../../src/chat/console/mouth.ts";
import { serveConsole } from "../../src/chat/console/server.ts";
import { openDesk } from "../../src/chat/desk.ts";
import { ClusterName } from "../../src/core/cluster.ts";
import { commandFor } from "../../src/core/command.ts";
import type { Desk } from "../../src/core/desk.ts";
import { playbook } from "../../src/core/playbook.ts";
import { deskRuns } from "../../src/main/runs.ts";
import { console, slack } from "../auth/fixture.ts";
import { FakeMouth } from "../fakes/mouth.ts";
import { eventOf, freshDir, heardAt, never, openWorld, testPlan, type World } from "../engine/fixture.ts";

const restart = playbook({
  name: "restart",
  version: 1,
  input: z.object({ name: ClusterName }),
  risk: "outage",
  cluster: ({ name }) => name,
  plan: async (_context, { name }) => ({ ...testPlan("outage", name), playbook: "restart" }),
  run: () => Promise.resolve({ ok: true, verdict: "restarted" }),
});
const commands = [
  auditHead,
  auditVerify,
  auditExport,
  commandFor(restart, { name: "cluster restart", summary: "", access: "operator" }),
];
const whoMay = WhoMay.parse({
  people: [
    { name: "alice", roles: ["admin"], slack: "U1", console: "al" },
    { name: "bob", roles: ["operator"], slack: "U2", console: "bob" },
    { name: "carol", roles: ["viewer"], slack: "U3" },
  ],
  channels: [{ name: "ops", slack: "C1" }],
});

const atConsoles = consoleMouth();
let inSlack: FakeMouth;
let world: World;
let desk: Desk;

beforeEach(async () => {
  inSlack = Object.assign(new FakeMouth(), { kind: "slack" });
  const authorizer = openAuthorizer({ current: () => whoMay, owner: "root", commands });
  world = await openWorld([restart] as unknown as Parameters<typeof openWorld>[0], {
    place: { stateDir: freshDir(), databaseUrl: null },
    mouths: [atConsoles, inSlack],
    routesFor: heardAt({ failed: ["console"] }),
  });
  const { engine, services } = world;
  desk = openDesk({ commands, services, runs: deskRuns(engine), authorizer, audit: engine.audit });
});
afterEach(() => world.close());

/** Kind, actor and data of every record but those of runs themselves. */
async function recorded() {
  const records = await world.engine.audit.records();
  return records.filter(({ kind }) => !/^(run|step)\.|^approval\.requested/.test(kind));
}

async function asking(): Promise<string> {
  const receipt = await desk.submit("/cluster restart prod", slack("U1"));
  if (receipt.kind !== "run") throw new Error("it started nothing");
  await eventOf(world.engine, receipt.runId, "approval.requested");
  return receipt.runId;
}

it("records what was asked for as it was understood, and by whom", async () => {
  const runId = await asking();
  await desk.decide(runId, slack("U2"), "yes");
  await world.engine.finished(runId, never);
  expect(await recorded()).toMatchObject([
    {
      kind: "call",
      actor: "alice",
      cluster: "prod",
      data: { by: "slack:U1", channel: "C1", command: "cluster restart", input: { name: "prod" } },
    },
    { kind: "approval.decided", actor: "bob", cluster: "prod", data: { verdict: "approved" } },
  ]);
});

it("records what was denied and what failed with the reason, but not words that were not understood", async () => {
  const runId = await asking();
  await expect(desk.submit("/cluster restart prod", slack("U3"))).rejects.toMatchObject({ code: expect.any(String) });
  await expect(desk.submit("/cluster restart prod hunter2hunter2", slack("U1"))).rejects.toThrow("hunter2hunter2");
  await expect(desk.submit("/hunter2hunter2", slack("U9"))).rejects.toMatchObject({ code: expect.any(String) });
  await expect(desk.decide(runId, slack("U1"), "yes")).rejects.toMatchObject({ code: expect.any(String) });
  await expect(desk.cancel(runId, slack("U9"))).rejects.toMatchObject({ code: expect.any(String) });
  const records = (await recorded()).slice(1);
  expect(records).toMatchObject([
    { kind: "call.denied", actor: "carol", data: { command: "cluster restart", code: "forbidden" } },
    { kind: "call.failed", actor: "alice", data: { command: "cluster restart", code: "bad_input" } },
    { kind: "call.failed", actor: null, data: { by: "slack:U9", code: "unknown_command" } },
    { kind: "answer.denied", actor: "alice", cluster: "prod", data: { run: runId, verdict: "approved" } },
    { kind: "cancel.denied", actor: null, cluster: "prod", data: { run: runId, code: "forbidden" } },
  ]);
  expect(JSON.stringify(records)).not.toContain("hunter2");
  expect(JSON.stringify(records[0])).toContain("needs the role operator");
});

it("verifies, exports and shows the head by commands", async () => {
  const result = async (text: string, user = "al") => {
    const receipt = await desk.submit(text, console(user));
    if (receipt.kind !== "answer") throw new Error("it is no answer");
    return receipt.result;
  };
  const head = await result("/audit head");
  const { hash } = head.data as { readonly hash: string };
  expect(head).toMatchObject({ ok: true, verdict: `1 record, head ${hash}` });
  expect(await result(`/audit verify ${hash.slice(0, 12)}`)).toMatchObject({
    ok: true,
    verdict: expect.stringMatching(/^unbroken: 2 records, [0-9a-f]{12} among them, head [0-9a-f]{64}$/),
  });
  expect(await result(`/audit verify ${"0".repeat(12)}`)).toMatchObject({ ok: false, data: { seq: 3 } });
  const exported = await result("/audit export 2");
  const lines = (exported.text ?? "").split("\n").map((line) => JSON.parse(line));
  expect(lines.map(({ seq, data }) => [seq, data.command])).toEqual([
    [2, "audit verify"],
    [3, "audit verify"],
    [4, "audit export"],
  ]);
  expect(exported.data).toEqual({ records: lines });
  expect(await result("/audit export 2099-01-31")).toMatchObject({ verdict: "0 records", text: "" });
  await expect(result("/audit export yesterday")).rejects.toThrow("since is the number of a record, or a time");
  await expect(result("/audit export", "bob")).rejects.toMatchObject({ code: "forbidden" });
});

it("shows the run where its command came from, and tells consoles of those who did not start it", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "nonet-console-")), "console.sock");
  const stop = await serveConsole(desk, path, atConsoles);
  const heard: string[] = [];
  const told = Promise.withResolvers<void>();
  const listening = [
    await listen(path, "bob", (line) => {
      heard.push(`bob: ${line}`);
      told.resolve();
    }),
    await listen(path, "al", (line) => heard.push(`alice: ${line}`)),
  ];
  const runId = await asking();
  await desk.decide(runId, slack("U2"), "no");
  await told.promise;
  expect(heard).toEqual(["bob: restart prod, started by alice, ended. It was refused; nothing was changed."]);
  await inSlack.until(() => inSlack.messages[0]?.lines.length === 3);
  expect(inSlack.messages).toMatchObject([
    { place: "slack:C1", runId, lines: [/yes/, /bob/, /refused/].map((word) => expect.stringMatching(word)) },
  ]);
  listening.forEach((end) => end());
  await stop();
});
