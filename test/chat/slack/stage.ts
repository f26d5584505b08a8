import { z } from "zod";
import freeze from "../../../commands/freeze.ts";
import help from "../../../commands/help.ts";
import runsList from "../../../commands/runs.list.ts";
import runsShow from "../../../commands/runs.show.ts";
import unfreeze from "../../../commands/unfreeze.ts";
import { approvalRules } from "../../../src/auth/approval-rules.ts";
import { openAuthorizer } from "../../../src/auth/authorize.ts";
import { WhoMay } from "../../../src/auth/who-may.ts";
import { openDesk } from "../../../src/chat/desk.ts";
import type { Log } from "../../../src/chat/slack/client.ts";
import { openSlack, type SlackAdapter, type SlackOptions } from "../../../src/chat/slack/slack.ts";
import { ClusterName } from "../../../src/core/cluster.ts";
import { commandFor } from "../../../src/core/command.ts";
import type { Desk } from "../../../src/core/desk.ts";
import { freeText } from "../../../src/core/option.ts";
import { playbook } from "../../../src/core/playbook.ts";
import { Secret } from "../../../src/core/secret.ts";
import { deskRuns } from "../../../src/main/runs.ts";
import { freshDir, openWorld, testPlan, type World } from "../../engine/fixture.ts";
import { openFakeSlack } from "../../fakes/slack/open.ts";
import type { FakeSlack, FakeSlackOptions } from "../../fakes/slack/slack.ts";
import type { FakeMessage } from "../../fakes/slack/workspace.ts";

/** More than a message of Slack has room for. */
const many = Array.from({ length: 200 }, (_, at) => ({
  node: "web1",
  operation: "file",
  key: `/etc/file${at}`,
  changes: [{ field: "content", have: null, want: "x" }],
}));
const scale = playbook({
  name: "scale",
  version: 1,
  input: z.object({ name: ClusterName, web: z.coerce.number().int().min(2).max(9) }),
  risk: "reversible",
  cluster: ({ name }) => name,
  plan: async (_context, { name, web }) => ({ ...testPlan("reversible", name), input: { name, web } }),
  run: () => Promise.resolve({ ok: true, verdict: "scaled" }),
});
const restart = playbook({
  ...scale,
  name: "restart",
  risk: "outage",
  input: z.object({ name: ClusterName, reason: freeText.optional() }),
  plan: async (_context, { name }) => ({
    ...testPlan("outage", name),
    playbook: "restart",
    changes: name === "long" ? many : [],
  }),
  run: async (run) => {
    for (const name of ["one", "two"]) {
      await run.step({ name, title: `Step ${name}` }, async ({ say }) => {
        say("working");
        return { sentence: "done", changed: 1 };
      });
    }
    return { ok: true, verdict: "restarted" };
  },
});
const wipe = playbook({
  ...scale,
  name: "wipe",
  risk: "dataloss",
  input: z.object({ name: ClusterName }),
  plan: async (_context, { name }) => ({ ...testPlan("dataloss", name), playbook: "wipe" }),
  run: () => Promise.resolve({ ok: true, verdict: "wiped" }),
});
const commands = [
  help,
  freeze,
  unfreeze,
  runsList,
  runsShow,
  commandFor(scale, { name: "cluster scale", summary: "Scale it", access: "operator" }),
  commandFor(restart, { name: "cluster restart", summary: "Restart it", access: "operator" }),
  commandFor(wipe, { name: "cluster wipe", summary: "Wipe it", access: "admin" }),
];

const ids = { alice: "U0ALICE", bob: "U0BOB", carol: "U0CAROL", gus: "U0GUEST", robot: "U0ROBOT", gone: "U0GONE" };
const roles = { alice: ["admin"], bob: ["operator", "admin"], carol: ["viewer"] };
const whoMay = WhoMay.parse({
  people: Object.entries({ ...ids, stan: "U0STRANGER" }).map(([name, slack]) => ({
    name,
    slack,
    roles: name in roles ? roles[name as keyof typeof roles] : ["admin"],
  })),
  channels: [
    { name: "ops", slack: "C0OPS" },
    { name: "partner", slack: "C0SHARED" },
    { name: "ops-private", slack: "C0PRIVATE" },
  ],
});

/** A bot over a real engine on SQLite, that is in Slack. */
export interface Stage {
  readonly slack: FakeSlack;
  readonly adapter: SlackAdapter;
  readonly world: World;
  readonly desk: Desk;
  /** What was logged, a line each. */
  readonly logged: string[];
  /** The newest card in a channel, once it shows all of these words. */
  readonly card: (words: string, channel?: string) => Promise<FakeMessage>;
  readonly close: () => Promise<void>;
}

export interface StageOptions {
  readonly slack?: FakeSlackOptions;
  readonly options?: Partial<SlackOptions>;
  /** Stands between the adapter and the desk. */
  readonly between?: (desk: Desk) => Desk;
}

export const signingSecret = "8f742231b10e8888abcd99yyyzzz85a5";
const slashCommands = ["/cluster", "/nonet", "/freeze", "/unfreeze", "/runs"];

/** Opens a stage. */
export async function raiseStage({
  slack: fake = {},
  options = {},
  between = (desk) => desk,
}: StageOptions = {}): Promise<Stage> {
  const slack = await openFakeSlack({ commands: slashCommands, ...fake });
  const logged: string[] = [];
  const note = (context: object, message: string) => void logged.push(`${message} ${told(context)}`);
  const log: Log = { info: note, warn: note, error: note };
  const authorizer = openAuthorizer({ current: () => whoMay, owner: "root", commands });
  const adapter = openSlack({
    botToken: new Secret(slack.tokens.bot),
    inbound: { kind: "socket", appToken: new Secret(slack.tokens.app) },
    apiUrl: slack.apiUrl,
    pinned: { team: "T0ACME", enterprise: null, app: "A0NONET" },
    commands,
    idOf: (name) => whoMay.people.find((person) => person.name === name)?.slack,
    now: Date.now,
    log,
    onRateLimit: () => undefined,
    ...options,
  });
  const playbooks = [scale, restart, wipe] as unknown as Parameters<typeof openWorld>[0];
  const world = await openWorld(playbooks, {
    place: { stateDir: freshDir(), databaseUrl: null },
    mouths: [adapter.mouth],
    rules: approvalRules(authorizer, () => whoMay),
  });
  const { services, engine } = world;
  const desk = openDesk({ commands, services, runs: deskRuns(engine), authorizer, audit: engine.audit });
  await adapter.listen(between(desk));
  const close = async () => {
    await adapter.close();
    await world.close();
    await slack.close();
  };
  const card = async (words: string, channel = "C0OPS") => {
    const find = () => slack.messages(channel).findLast((each) => shows(each, words));
    await slack.until(() => find() !== undefined);
    return find() as FakeMessage;
  };
  return { slack, adapter, world, desk, logged, card, close };
}

const told = (context: object): string =>
  JSON.stringify(context, (_key, value: unknown) => (value instanceof Error ? String(value) : value));

/** Whether a message shows these words, in its text or its blocks. */
export const shows = (message: FakeMessage, words: string): boolean => told(message).includes(words);

/** What one person alone was told last, once there is something. */
export async function privately(slack: FakeSlack, user: string, count = 1): Promise<string> {
  await slack.until(() => slack.ephemeral(user).length >= count);
  return told(slack.ephemeral(user).at(-1) ?? {});
}
