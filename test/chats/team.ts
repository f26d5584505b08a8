import { ids } from "../fakes/discord/sample.ts";
import { openFakeDiscord, type FakeDiscord } from "../fakes/discord/fake.ts";
import type { MessageRecord } from "../fakes/discord/messages.ts";
import { openFakeSlack } from "../fakes/slack/open.ts";
import type { FakeSlack } from "../fakes/slack/slack.ts";
import type { FakeMessage } from "../fakes/slack/workspace.ts";
import { commands } from "../../src/main/registry.ts";

/** A team that is partly in Slack and partly in Discord; the people's deeds are the test's. */
export interface Team {
  readonly slack: FakeSlack;
  readonly discord: FakeDiscord;
  /** The newest card in a channel that says this; `undefined` while there is none. */
  slackCard(text: string): FakeMessage | undefined;
  discordCard(text: string): MessageRecord | undefined;
  close(): Promise<void>;
}

/** What `nonet.yaml` says of it: alice and bob are in both chats, carol (a viewer) in Slack only; `#ops` is one channel. */
export const teamFile = {
  people: [
    { name: "alice", slack: "U0ALICE", discord: ids.alice, roles: ["admin"] },
    { name: "bob", slack: "U0BOB", discord: ids.bob, roles: ["admin"] },
    { name: "carol", slack: "U0CAROL", roles: ["viewer"] },
  ],
  channels: [{ name: "ops", slack: "C0OPS", discord: ids.ops }],
  breakGlass: true,
  notify: [{ channel: "ops", on: ["failed", "glass", "watch"] }],
  slack: { team: "T0ACME", app: "A0NONET" },
  discord: { guild: ids.guild, application: ids.application },
};

/** The variables a bot needs to be in both chats. */
export const teamEnvironment = ({ slack, discord }: Team) => ({
  SLACK_BOT_TOKEN: slack.tokens.bot,
  SLACK_APP_TOKEN: slack.tokens.app,
  SLACK_API_URL: slack.apiUrl,
  DISCORD_TOKEN: discord.token,
  DISCORD_API_URL: discord.apiUrl,
});

/** Opens both stand-ins. */
export async function openTeam(): Promise<Team> {
  const names = new Set(commands.map(({ name }) => `/${name.split(" ")[0]}`));
  const slack = await openFakeSlack({ commands: [...names, "/nonet"] });
  const discord = await openFakeDiscord();
  return {
    slack,
    discord,
    slackCard: (text) => slack.messages("C0OPS").findLast(({ blocks }) => JSON.stringify(blocks).includes(text)),
    discordCard: (text) => discord.messages(ids.ops).findLast(({ wire }) => textIn(wire.components).includes(text)),
    async close() {
      await slack.close();
      await discord.close();
    },
  };
}

/** All text of components, without the signs that keep it from being markup. */
const textIn = (components: unknown): string => JSON.stringify(components).replaceAll(/\\+([^0-9A-Za-z\s"])/g, "$1");
