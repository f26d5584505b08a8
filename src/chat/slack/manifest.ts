import type { AppsManifestCreateArguments } from "@slack/web-api";
import { stringify } from "yaml";
import type { Command } from "../../core/command.ts";
import { OpsError } from "../../core/errors.ts";
import { usage } from "../../core/typed.ts";
import { shortcutId } from "./shortcut.ts";
import { ownCommand } from "./text.ts";

type Manifest = AppsManifestCreateArguments["manifest"];

/** How Slack reaches Nonet: over sockets that Nonet opens, or at an address it calls. */
type Reach = { readonly kind: "socket" } | { readonly kind: "http"; readonly url: string };

/** What the bot's token must be allowed to do; nothing reads what people write, but to find Nonet's own messages. */
export const botScopes = [
  "channels:history",
  "channels:read",
  "chat:write",
  "commands",
  "files:write",
  "groups:history",
  "groups:read",
  "users:read",
] as const;

/**
 * Names of Slack's own commands: an app that wants one cannot be made at all. From the manifests that Slack refused
 * and its list of built-in commands.
 */
const slacksOwn: ReadonlySet<string> = new Set(
  (
    "active apps archive away call collapse commands dm dnd expand feed feedback help invite join kick leave me msg mute open " +
    "part prefs pro remind remove rename search shortcuts shrug star status topic unarchive who"
  ).split(" "),
);

/** The largest that Slack takes, from its manifest schema. */
const largest = { commands: 50, name: 32, description: 2000, hint: 1000 } as const;

/**
 * The description of the Slack app, from which Slack makes it: one slash command for each first word, and `/nonet` for
 * everything.
 * @throws OpsError `bad_manifest` when Slack would not take it.
 */
export function slackManifest(commands: readonly Command[], reach: Reach): Manifest {
  const url = reach.kind === "http" ? { url: reach.url } : {};
  const request = reach.kind === "http" ? { request_url: reach.url } : {};
  const words = [...new Set(commands.map(({ name }) => name.split(" ", 1)[0] ?? name))];
  const named = words.filter((word) => !slacksOwn.has(word)).map((word) => slashCommand(word, commands));
  const all = { command: ownCommand, description: "Every command of Nonet", usage_hint: "cluster build NAME, or help" };
  const slashCommands = [...named, all].map((each) => ({ ...each, ...url, should_escape: false }));
  check(slashCommands);
  return {
    _metadata: { major_version: 1 },
    display_information: {
      name: "Nonet",
      description: "Builds and runs high-availability clusters on Linode",
      background_color: "#1d2733",
    },
    features: {
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
      bot_user: { display_name: "nonet", always_online: true },
      shortcuts: [
        {
          name: "Run a Nonet command",
          type: "message",
          callback_id: shortcutId,
          description: "Give a command from a thread, where slash commands do not work",
        },
      ],
      slash_commands: slashCommands,
    },
    oauth_config: { scopes: { bot: [...botScopes] } },
    settings: {
      event_subscriptions: { ...request, bot_events: ["app_home_opened"] },
      interactivity: { is_enabled: true, ...request },
      org_deploy_enabled: false,
      socket_mode_enabled: reach.kind === "socket",
      token_rotation_enabled: false,
    },
  };
}

/** The file from which Slack makes the app, as YAML. */
export const manifestPage = (commands: readonly Command[], reach: Reach): string =>
  `# Slack makes the app from this: api.slack.com/apps, Create New App, From a manifest. Written by npm run docs.
${stringify(slackManifest(commands, reach), { lineWidth: 0 })}`;

interface SlashCommand {
  readonly command: string;
  readonly description: string;
  readonly usage_hint?: string;
}

/** `/cluster`, for all commands that begin with that word. */
function slashCommand(word: string, commands: readonly Command[]): SlashCommand {
  const own = commands.filter(({ name }) => name === word || name.startsWith(`${word} `));
  const [only] = own;
  const rests = own.map((each) => usage(each).slice(word.length + 2));
  const hint = rests.filter(Boolean).join(" | ");
  const description =
    own.length === 1 && only !== undefined ? only.summary : `Nonet: ${own.map(({ name }) => name).join(", ")}`;
  return { command: `/${word}`, description, ...(hint === "" ? {} : { usage_hint: cut(hint, largest.hint) }) };
}

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

function check(slashCommands: readonly SlashCommand[]): void {
  const problems = slashCommands.flatMap(({ command, description }) => [
    ...(command.length > largest.name ? [`${command} is longer than ${largest.name} characters`] : []),
    ...(description.length > largest.description ? [`the description of ${command} is too long`] : []),
  ]);
  if (slashCommands.length > largest.commands) problems.push(`${slashCommands.length} slash commands are more than 50`);
  if (problems.length === 0) return;
  throw new OpsError({ code: "bad_manifest", message: `Slack would not take the app: ${problems.join("; ")}.` });
}
