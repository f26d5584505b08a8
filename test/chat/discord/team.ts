import { afterEach, expect } from "vitest";
import { z } from "zod";
import clusterList from "../../../commands/cluster.list.ts";
import freeze from "../../../commands/freeze.ts";
import help from "../../../commands/help.ts";
import runsResume from "../../../commands/runs.resume.ts";
import runsShow from "../../../commands/runs.show.ts";
import unfreeze from "../../../commands/unfreeze.ts";
import { approvalRules } from "../../../src/auth/approval-rules.ts";
import { openAuthorizer } from "../../../src/auth/authorize.ts";
import { WhoMay } from "../../../src/auth/who-may.ts";
import { openDesk } from "../../../src/chat/desk.ts";
import { openDiscord, type Discord, type DiscordOptions } from "../../../src/chat/discord/discord.ts";
import { ClusterName } from "../../../src/core/cluster.ts";
import { commandFor } from "../../../src/core/command.ts";
import type { Desk } from "../../../src/core/desk.ts";
import type { Run } from "../../../src/core/playbook.ts";
import { playbook } from "../../../src/core/playbook.ts";
import { Secret } from "../../../src/core/secret.ts";
import { deskRuns } from "../../../src/main/runs.ts";
import { freshDir, openWorld, testPlan, type World } from "../../engine/fixture.ts";
import { type FakeDiscord, type FakeDiscordOptions, openFakeDiscord } from "../../fakes/discord/fake.ts";
import type { MessageRecord } from "../../fakes/discord/messages.ts";
import { ids } from "../../fakes/discord/sample.ts";

/** A message as it is read: without the backslashes that keep Discord from taking its text for markup. */
export const read = (message: MessageRecord | null | undefined): string =>
  (message?.text ?? "").replaceAll(/\\(?=[^\w\s]|_)/g, "");

/** What `cluster restart` does after its approval; a test may give it something else to do. */
export type Work = (run: Run) => Promise<void>;

/** A line of the log. */
interface Line {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly context: object;
}

/** Discord, the bot behind it with desk and engine, and a clock that can be put forward. */
export interface Team {
  readonly discord: FakeDiscord;
  readonly world: World;
  readonly desk: Desk;
  readonly log: Line[];
  /** What the gateway's session is kept as. */
  kept: string | null;
  /** Answers 429 that were told. */
  rateLimits: number;
  /** The adapter that runs now. */
  bot: Discord;
  /** Closes the adapter and opens another one, as after a restart; the engine and what it shows stay. */
  restart(): Promise<void>;
  /** One more adapter beside the other, with a memory of its own; not listening yet. */
  another(changes?: Partial<DiscordOptions>): Discord;
  /** Puts the clock of Discord and of the bot forward. */
  pass(milliseconds: number): void;
  now(): number;
  /** The newest message of a channel that looks like this. */
  find(text: RegExp | string, channel?: string): MessageRecord;
}

/** Limits that no test comes near which is not about them. */
const wide = { create: { count: 500, ms: 1000 }, edit: { count: 500, ms: 1000 }, webhook: { count: 500, ms: 1000 } };

/** A run that alice started in `ops` and that asks, with its card as it can be clicked. */
export async function asking(
  team: Team,
  command: "cluster restart" | "cluster wipe" = "cluster restart",
  name = "prod",
): Promise<{ readonly card: MessageRecord; readonly runId: string }> {
  const { discord, world } = team;
  const before = new Set((await world.engine.latest(null)).runs.map(({ id }) => id));
  discord.as(ids.alice).in(ids.ops).types(command, { name });
  const title = `${command.slice("cluster ".length)} ${name}`;
  await discord.until(() =>
    discord.messages(ids.ops).some((each) => read(each).includes(title) && read(each).includes("Without an answer")),
  );
  const card = team.find(title);
  const run = (await world.engine.latest(null)).runs.find(({ id }) => !before.has(id));
  const runId = run?.id ?? "";
  await stored(team, runId, card.id);
  return { card, runId };
}

/** Resolves once the engine knows that this message is the card of the run: a moment after it is there. */
export async function stored({ world }: Team, runId: string, messageId: string): Promise<void> {
  await expect.poll(() => world.engine.shows.messageOf(runId, `discord:${ids.ops}`), { interval: 5 }).toBe(messageId);
}

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).toReversed()) await each.close();
});

const input = z.object({ name: ClusterName, size: z.coerce.number().int().min(1).max(9).optional() });

function playbooks(work: { now: Work }) {
  const restart = playbook({
    name: "restart",
    version: 1,
    input,
    risk: "outage",
    cluster: ({ name }) => name,
    plan: async (_context, { name }) => ({ ...testPlan("outage", name), playbook: "restart" }),
    run: async (run) => {
      await work.now(run);
      return { ok: true, verdict: "All nodes are back." };
    },
  });
  const wipe = playbook({
    ...restart,
    name: "wipe",
    risk: "dataloss",
    plan: async (_context, { name }) => ({ ...testPlan("dataloss", name), playbook: "wipe" }),
  });
  return [restart, wipe] as const;
}

const law = WhoMay.parse({
  people: [
    { name: "alice", roles: ["admin"], discord: ids.alice },
    { name: "bob", roles: ["admin"], discord: ids.bob },
    { name: "carol", roles: ["viewer"], discord: ids.carol },
  ],
  channels: [{ name: "ops", discord: ids.ops }],
});

/** Opens it all; it is closed after the test. */
export async function openTeam(
  options: FakeDiscordOptions & { readonly work?: Work; readonly clusters?: readonly string[] } = {},
): Promise<Team> {
  let offset = 0;
  const now = () => (options.now ?? Date.now)() + offset;
  const discord = await openFakeDiscord({ limits: wide, ...options, now });
  opened.push(discord);
  const work = { now: options.work ?? (async () => undefined) };
  const [restart, wipe] = playbooks(work);
  const commands = [
    help,
    clusterList,
    freeze,
    unfreeze,
    runsShow,
    runsResume,
    commandFor(restart, { name: "cluster restart", summary: "Restart all nodes", access: "operator" }),
    commandFor(wipe, { name: "cluster wipe", summary: "Empty all disks", access: "admin" }),
  ];
  const authorizer = openAuthorizer({ current: () => law, owner: "root", commands });
  const mouths: Discord["mouth"][] = [];
  const log: Line[] = [];
  const write = (level: Line["level"]) => (context: object, message: string) =>
    void log.push({ level, message, context });
  const told = (name: string) => law.people.find((each) => each.name === name)?.discord;
  const adapter: DiscordOptions = {
    token: new Secret(discord.token),
    apiUrl: discord.apiUrl,
    guild: ids.guild,
    application: ids.application,
    commands,
    idOf: told,
    keep: { read: async () => team.kept, write: async (text) => void (team.kept = text) },
    now,
    log: { info: write("info"), warn: write("warn"), error: write("error") },
    onRateLimit: () => (team.rateLimits += 1),
  };
  const bot = openDiscord(adapter);
  // The engine keeps its mouths; a restarted adapter speaks through the same one.
  const mouth: Discord["mouth"] = {
    kind: "discord",
    paceMs: bot.mouth.paceMs,
    post: (...told) => team.bot.mouth.post(...told),
    update: (...told) => team.bot.mouth.update(...told),
    say: (...told) => team.bot.mouth.say(...told),
  };
  mouths.push(mouth);
  const world = await openWorld([restart, wipe] as unknown as Parameters<typeof openWorld>[0], {
    place: { stateDir: freshDir(), databaseUrl: null },
    mouths,
    rules: approvalRules(authorizer, () => law),
  });
  opened.push(world);
  const { engine, services } = world;
  const desk = openDesk({ commands, services, runs: deskRuns(engine), authorizer, audit: engine.audit });
  const team: Team = {
    discord,
    world,
    desk,
    log,
    kept: null,
    rateLimits: 0,
    bot,
    now,
    async restart() {
      await team.bot.close();
      team.bot = openDiscord(adapter);
      await team.bot.listen(desk);
    },
    another(changes = {}) {
      const forgetful = { read: async () => null, write: async () => undefined };
      const beside = openDiscord({ ...adapter, keep: forgetful, ...changes });
      opened.push(beside);
      return beside;
    },
    pass: (milliseconds) => void (offset += milliseconds),
    find(text, channel = ids.ops) {
      const found = discord
        .messages(channel)
        .findLast((each) => (typeof text === "string" ? read(each).includes(text) : text.test(read(each))));
      if (found === undefined)
        throw new Error(
          `no message like ${String(text)} in ${discord
            .messages(channel)
            .map((each) => each.text)
            .join("\n---\n")}`,
        );
      return found;
    },
  };
  await bot.listen(desk);
  opened.push({ close: () => team.bot.close() });
  await discord.until(() => discord.setting.commands.of(ids.guild).length > 0);
  return team;
}
