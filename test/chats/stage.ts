import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WhoMay } from "../../src/auth/who-may.ts";
import { NotifyFile } from "../../src/chat/notify.ts";
import { readConfig, type Config } from "../../src/config.ts";
import { Blueprint } from "../../src/core/cluster.ts";
import { Secret } from "../../src/core/secret.ts";
import { openBot, type Bot } from "../../src/main/bot.ts";
import type { World } from "../../src/main/demo-world.ts";
import { commands } from "../../src/main/registry.ts";
import { liveConfig } from "../../src/main/reload.ts";
import { simulatedReach } from "../../src/main/simulated-reach.ts";
import { openFakeDiscord, type FakeDiscord } from "../fakes/discord/fake.ts";
import { ids } from "../fakes/discord/sample.ts";
import { openFakeSlack } from "../fakes/slack/open.ts";
import type { FakeSlack } from "../fakes/slack/slack.ts";
import type { FakeMessage } from "../fakes/slack/workspace.ts";
import type { MessageRecord } from "../fakes/discord/messages.ts";

/** The whole bot, in a world of machines, with a team that is partly in Slack and partly in Discord. */
export interface Stage {
  readonly slack: FakeSlack;
  readonly discord: FakeDiscord;
  readonly bot: Bot;
  /** The newest card in a channel that says this; `undefined` while there is none. */
  slackCard(text: string): FakeMessage | undefined;
  discordCard(text: string): MessageRecord | undefined;
  close(): Promise<void>;
}

/** alice and bob are in both chats, carol (a viewer) in Slack only; `#ops` is one channel. */
const whoMay = WhoMay.parse({
  people: [
    { name: "alice", slack: "U0ALICE", discord: ids.alice, roles: ["admin"] },
    { name: "bob", slack: "U0BOB", discord: ids.bob, roles: ["admin"] },
    { name: "carol", slack: "U0CAROL", roles: ["viewer"] },
  ],
  channels: [{ name: "ops", slack: "C0OPS", discord: ids.ops }],
  breakGlass: true,
});

/** Opens it; the people's deeds are the test's. */
export async function openStage(world: World): Promise<Stage> {
  const names = new Set(commands.map(({ name }) => `/${name.split(" ")[0]}`));
  const slack = await openFakeSlack({ commands: [...names, "/nonet"] });
  const discord = await openFakeDiscord();
  const stateDir = await mkdtemp(join(tmpdir(), "nonet-chats-"));
  const config: Config = {
    ...(await readConfig({ NONET_CONFIG: "/nonexistent" }, commands)),
    stateDir,
    linodeToken: world.token,
    linodeUrl: world.apiUrl,
    scanFrom: world.stranger,
    clusters: [Blueprint.parse({ name: "demo", operators: [`${world.operator}/32`] })],
    whoMay,
    notify: NotifyFile.notify.parse([{ channel: "ops", on: ["failed", "glass"] }]),
    chat: {
      slack: {
        team: "T0ACME",
        app: "A0NONET",
        enterprise: null,
        botToken: new Secret(slack.tokens.bot),
        appToken: new Secret(slack.tokens.app),
        signingSecret: null,
        apiUrl: slack.apiUrl,
      },
      discord: {
        guild: ids.guild,
        application: ids.application,
        token: new Secret(discord.token),
        apiUrl: discord.apiUrl,
      },
    },
  };
  const live = await liveConfig(() => Promise.resolve(config));
  const bot = await openBot(live, world.kind === "simulated" ? simulatedReach : undefined);
  await bot.listen();
  return {
    slack,
    discord,
    bot,
    slackCard: (text) => slack.messages("C0OPS").findLast(({ blocks }) => JSON.stringify(blocks).includes(text)),
    discordCard: (text) => discord.messages(ids.ops).findLast(({ wire }) => textIn(wire.components).includes(text)),
    async close() {
      await bot.close();
      await slack.close();
      await discord.close();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** All text of components, without the signs that keep it from being markup. */
const textIn = (components: unknown): string => JSON.stringify(components).replaceAll(/\\+([^0-9A-Za-z\s"])/g, "$1");
