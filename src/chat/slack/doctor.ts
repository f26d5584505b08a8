import { WebClient } from "@slack/web-api";
import { OpsError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import { openSlackClient, webOptions, type Log, type Slack } from "./client.ts";
import { codeOf, told } from "./failures.ts";
import { botScopes } from "./manifest.ts";
import type { Pinned } from "./origin.ts";

/** What is to be checked. */
export interface DoctorOptions {
  readonly botToken: Secret<string>;
  /** `null` where Slack calls Nonet over HTTP. */
  readonly appToken: Secret<string> | null;
  /** `https://slack.com/api/`. */
  readonly apiUrl: string;
  readonly pinned: Pinned;
  /** The configured channels: what the configuration calls them, and Slack's ids. */
  readonly channels: readonly { readonly name: string; readonly id: string }[];
}

/** One thing to check. */
export interface Check {
  /** `Slack channel ops`. */
  readonly what: string;
  /** Returns how it is. @throws OpsError what is wrong and how to mend it. */
  readonly look: () => Promise<string>;
}

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** All that Slack can be asked about the app; the token first, because without it nothing else can be asked. */
export function slackChecks(options: DoctorOptions): Check[] {
  const { botToken, appToken, apiUrl, pinned, channels } = options;
  const slack = openSlackClient(botToken, { apiUrl, log: silent, onRateLimit: () => undefined });
  return [
    { what: "Slack bot token", look: () => explained(checkToken(slack, pinned)) },
    ...(appToken === null
      ? []
      : [{ what: "Slack app token", look: () => explained(checkAppToken(appToken, apiUrl, pinned)) }]),
    ...channels.map(({ name, id }) => ({
      what: `Slack channel ${name}`,
      look: () => explained(checkChannel(slack, id)),
    })),
  ];
}

async function explained(look: Promise<string>): Promise<string> {
  try {
    return await look;
  } catch (error) {
    throw told(error);
  }
}

async function checkToken(slack: Slack, { team, enterprise, app }: Pinned): Promise<string> {
  const own = await slack.call("urgent", (web) => web.auth.test());
  const wrong = (what: string, have: string | undefined, want: string) =>
    new OpsError({
      code: "slack_wrong_app",
      message: `The token is for ${what} ${have ?? "(not told)"}, the configuration says ${want}.`,
      hint: "Correct the id in nonet.yaml, or take the token of the right app.",
    });
  if (own.team_id !== team) throw wrong("team", own.team_id, team);
  if (enterprise !== null && own.enterprise_id !== enterprise) throw wrong("enterprise", own.enterprise_id, enterprise);
  const scopes = own.response_metadata?.scopes ?? [];
  const missing = botScopes.filter((scope) => !scopes.includes(scope));
  if (missing.length > 0) {
    throw new OpsError({
      code: "slack_missing_scope",
      message: `The app lacks ${missing.join(", ")}.`,
      hint: "Bring the app to docs/slack-manifest.yaml and install it again.",
    });
  }
  const { bot_id: bot } = own;
  if (bot === undefined) throw wrong("a person in app", "(none)", app);
  const { bot: found } = await slack.call("urgent", (web) => web.bots.info({ bot }));
  if (found?.app_id !== app) throw wrong("app", found?.app_id, app);
  const more = scopes.filter((scope) => !(botScopes as readonly string[]).includes(scope));
  const extra = more.length === 0 ? "" : `; not needed: ${more.join(", ")}`;
  return `${own.user ?? "bot"} in ${own.team ?? team}${extra}`;
}

async function checkAppToken(token: Secret<string>, apiUrl: string, { app }: Pinned): Promise<string> {
  const web = new WebClient(token.reveal(), webOptions(apiUrl, silent));
  const { url } = await web.apps.connections.open({}).catch((error: unknown) => {
    if (codeOf(error) === undefined) throw error;
    throw new OpsError({
      code: "slack_app_token",
      message: `Slack refuses the app-level token (${codeOf(error)}).`,
      hint: "Make one with the scope connections:write under Basic Information, and turn Socket Mode on.",
    });
  });
  const its = url === undefined ? null : new URL(url).searchParams.get("app_id");
  if (its !== null && its !== app) {
    throw new OpsError({
      code: "slack_wrong_app",
      message: `The app-level token is for app ${its}, the configuration says ${app}.`,
      hint: "Take both tokens from the same app.",
    });
  }
  return "Socket Mode is on";
}

async function checkChannel(slack: Slack, id: string): Promise<string> {
  const { channel } = await slack.call("urgent", (web) => web.conversations.info({ channel: id }));
  if (channel?.is_archived === true) {
    throw new OpsError({ code: "slack_archived", message: "It is archived.", hint: "Unarchive it, or name another." });
  }
  if (channel?.is_member !== true) {
    throw new OpsError({
      code: "slack_not_in_channel",
      message: "The bot is not in it.",
      hint: "Invite it: /invite @nonet",
    });
  }
  const shared = channel.is_ext_shared === true ? ", shared with other organisations" : "";
  return `#${channel.name ?? id}${shared}`;
}
