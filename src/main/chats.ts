import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { discordChecks } from "../chat/discord/doctor.ts";
import { openDiscord, type DiscordOptions } from "../chat/discord/discord.ts";
import { slackChecks } from "../chat/slack/doctor.ts";
import { openSlack, type SlackOptions } from "../chat/slack/slack.ts";
import type { SlackSettings } from "../chat/settings.ts";
import type { Config } from "../config.ts";
import type { Command } from "../core/command.ts";
import type { Desk } from "../core/desk.ts";
import { describeFailure, toFailure } from "../core/errors.ts";
import type { Mouth } from "../core/mouth.ts";
import type { Log } from "../telemetry/log.ts";
import type { Parts } from "../telemetry/health.ts";

/** The chats that are configured, as one. */
export interface Chats {
  readonly mouths: readonly Mouth[];
  /** Answers what a chat sends over HTTP, by path. */
  readonly routes: Readonly<Record<string, (request: Request) => Promise<Response>>>;
  /** Begins to hear people; resolves once every chat hears, or never will, which is told in the log and by health. */
  listen(desk: Desk): Promise<void>;
  /** Whether they hear, for health. */
  readonly vital: Parts;
  close(): Promise<void>;
}

interface ChatParts {
  readonly current: () => Config;
  readonly commands: readonly Command[];
  readonly log: Log;
  /** Called whenever a chat wants to hear less. */
  readonly onRateLimit: (chat: string) => void;
}

/** Opens Slack and Discord, as far as they are configured. */
export function openChats({ current, commands, log, onRateLimit }: ChatParts): Chats {
  const { chat, stateDir } = current();
  const idIn = (via: "slack" | "discord") => (name: string) =>
    current().whoMay.people.find((person) => person.name === name)?.[via];
  const shared = { commands, log, now: Date.now };
  const slack =
    chat.slack &&
    openSlack({
      ...shared,
      botToken: chat.slack.botToken,
      inbound: slackInbound(chat.slack),
      apiUrl: chat.slack.apiUrl,
      pinned: chat.slack,
      idOf: idIn("slack"),
      onRateLimit: () => onRateLimit("slack"),
    });
  const discord =
    chat.discord &&
    openDiscord({
      ...shared,
      ...chat.discord,
      idOf: idIn("discord"),
      keep: keptIn(join(stateDir, "discord-session.json")),
      onRateLimit: () => onRateLimit("discord"),
    });
  const open = Object.entries({ slack, discord }).flatMap(([name, adapter]) => (adapter ? [{ name, adapter }] : []));
  return {
    mouths: open.map(({ adapter }) => adapter.mouth),
    routes: slack?.http ? { "/slack/events": slack.http } : {},
    listen: async (desk) => {
      const hear = async ({ name, adapter }: (typeof open)[number]) =>
        adapter.listen(desk).catch((error: unknown) => {
          // The others, and the console, must go on.
          log.error({ failure: toFailure(error) }, `Nobody is heard in ${name}: ${describeFailure(toFailure(error))}`);
        });
      await Promise.all(open.map(hear));
    },
    vital: Object.fromEntries(open.map(({ name, adapter }) => [name, () => adapter.check()])),
    close: async () => void (await Promise.all(open.map(({ adapter }) => adapter.close()))),
  };
}

/** One thing to look at; it says what it saw. @throws OpsError with what is wrong and what to do. */
interface Check {
  readonly what: string;
  readonly look: () => Promise<string>;
}

/** What can be checked of the chats that are configured, without changing anything. */
export function chatChecks({ chat, whoMay }: Config, commands: readonly Command[]): Check[] {
  const channels = (via: "slack" | "discord") =>
    whoMay.channels.flatMap((each) => (each[via] === undefined ? [] : [{ name: each.name, id: each[via] }]));
  const { slack, discord } = chat;
  return [
    ...(slack === null ? [] : slackChecks({ ...slack, pinned: slack, channels: channels("slack") })),
    ...(discord === null ? [] : discordChecks({ ...discord, channels: channels("discord"), commands })),
  ];
}

function slackInbound({ appToken, signingSecret }: SlackSettings): SlackOptions["inbound"] {
  if (appToken !== null) return { kind: "socket", appToken };
  if (signingSecret !== null) return { kind: "http", signingSecret };
  throw new TypeError("Slack is configured without a way in");
}

/** A text over restarts, in a file that only its owner reads; one that cannot be read is none. */
function keptIn(path: string): DiscordOptions["keep"] {
  return {
    read: () => readFile(path, "utf8").catch(() => null),
    write: async (text) => {
      // Renamed into place: a crash in the middle leaves the old one whole.
      await writeFile(`${path}.new`, text, { mode: 0o600 });
      await rename(`${path}.new`, path);
    },
  };
}
