import { z } from "zod";
import type { Problem } from "../auth/who-may.ts";
import { Secret } from "../core/secret.ts";

/** The workspace Nonet belongs to: nobody from another one is heard, whatever the tokens would allow. */
const SlackFile = z.strictObject({
  team: z.string().regex(/^T[A-Z0-9]+$/, "a Slack workspace id is like T024BE7LD"),
  app: z.string().regex(/^A[A-Z0-9]+$/, "a Slack app id is like A024BE7LD"),
  /** Of an Enterprise Grid. */
  enterprise: z
    .string()
    .regex(/^E[A-Z0-9]+$/, "a Slack enterprise id is like E024BE7LD")
    .nullable()
    .default(null),
});

const snowflake = (what: string) =>
  z.string(`${what} is 17 to 20 digits; quote it`).regex(/^\d{17,20}$/, `${what} is 17 to 20 digits; quote it`);

/** The server Nonet belongs to. */
const DiscordFile = z.strictObject({
  guild: snowflake("a Discord server id"),
  application: snowflake("a Discord application id"),
});

/** What `nonet.yaml` says of chat. */
export const ChatFile = z.object({
  slack: SlackFile.nullable().default(null),
  discord: DiscordFile.nullable().default(null),
});

/** What the environment says of chat. */
export const ChatEnvironment = z.object({
  SLACK_BOT_TOKEN: z.string().startsWith("xoxb-", "the bot token begins with xoxb-").optional(),
  /** For Socket Mode; without it, requests come over HTTP. */
  SLACK_APP_TOKEN: z.string().startsWith("xapp-", "the app token begins with xapp-").optional(),
  SLACK_SIGNING_SECRET: z.string().min(1).optional(),
  SLACK_API_URL: z.url().default("https://slack.com/api/"),
  DISCORD_TOKEN: z.string().min(1).optional(),
  DISCORD_API_URL: z.url().default("https://discord.com/api"),
});

/** How Slack is reached. */
export interface SlackSettings extends z.infer<typeof SlackFile> {
  readonly botToken: Secret<string>;
  readonly appToken: Secret<string> | null;
  readonly signingSecret: Secret<string> | null;
  readonly apiUrl: string;
}

/** How Discord is reached. */
interface DiscordSettings extends z.infer<typeof DiscordFile> {
  readonly token: Secret<string>;
  readonly apiUrl: string;
}

/** The chats that are configured; `null` for one that is not. */
export interface ChatSettings {
  readonly slack: SlackSettings | null;
  readonly discord: DiscordSettings | null;
}

type Told = z.infer<typeof ChatEnvironment>;

/** What is named in one of the two places only: half a configuration must not be a chat that silently is not there. */
export function chatProblems({ slack, discord }: z.infer<typeof ChatFile>, env: Told): Problem[] {
  const problems: Problem[] = [];
  const expect = (fine: boolean, path: string, message: string) => {
    if (!fine) problems.push({ path: [path], message });
  };
  expect(slack === null || env.SLACK_BOT_TOKEN !== undefined, "slack", "SLACK_BOT_TOKEN is not set");
  const reachable = (env.SLACK_APP_TOKEN ?? env.SLACK_SIGNING_SECRET) !== undefined;
  expect(slack === null || reachable, "slack", "set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)");
  expect(discord === null || env.DISCORD_TOKEN !== undefined, "discord", "DISCORD_TOKEN is not set");
  expect(slack !== null || env.SLACK_BOT_TOKEN === undefined, "SLACK_BOT_TOKEN", "nonet.yaml names no slack workspace");
  expect(discord !== null || env.DISCORD_TOKEN === undefined, "DISCORD_TOKEN", "nonet.yaml names no discord server");
  return problems;
}

/** Puts both together. */
export function chatSettings({ slack, discord }: z.infer<typeof ChatFile>, env: Told): ChatSettings {
  const secret = (text: string | undefined) => (text === undefined ? null : new Secret(text));
  const [botToken, token] = [secret(env.SLACK_BOT_TOKEN), secret(env.DISCORD_TOKEN)];
  return {
    slack:
      slack === null || botToken === null
        ? null
        : {
            ...slack,
            botToken,
            appToken: secret(env.SLACK_APP_TOKEN),
            signingSecret: secret(env.SLACK_SIGNING_SECRET),
            apiUrl: env.SLACK_API_URL,
          },
    discord: discord === null || token === null ? null : { ...discord, token, apiUrl: env.DISCORD_API_URL },
  };
}
