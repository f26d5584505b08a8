import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WhoMay } from "../../src/auth/who-may.ts";
import { readConfig, type Config } from "../../src/config.ts";
import type { Caller } from "../../src/core/caller.ts";
import { openBot, type Bot } from "../../src/main/bot.ts";
import { openWorld, type World, configIn } from "../../src/main/demo-world.ts";
import { commands } from "../../src/main/registry.ts";
import { liveConfig } from "../../src/main/reload.ts";
import { simulatedReach } from "../../src/main/simulated-reach.ts";

/** Somebody in Slack, in a message to Nonet alone. */
export const inSlack = (id: string): Caller => ({ via: "slack", id, channel: null });

/** alice and bob may do anything, carol looks, dave is known and has no role. */
const people = [
  { name: "alice", slack: "U0ALICE", console: "alice", roles: ["admin"] },
  { name: "bob", slack: "U0BOB", roles: ["admin"] },
  { name: "carol", slack: "U0CAROL", roles: ["viewer"] },
  { name: "dave", slack: "U0DAVE" },
];

/** A whole bot on simulated nodes, with a web console. */
export interface Stage {
  bot: Bot;
  readonly url: string;
  readonly stateDir: string;
  /** What the link for a person looks like: `http://127.0.0.1:4711/sign-in#TOKEN`. */
  linkFor(slackId: string): Promise<string>;
  /** Has a configuration read that names only these people. */
  employ(names: readonly string[]): Promise<void>;
  /** Stops the bot, and starts another one on the same store and port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Opens it; the port stays the same over restarts. */
export async function openStage(): Promise<Stage> {
  const world: World = await openWorld(true, () => undefined);
  const stateDir = await mkdtemp(join(tmpdir(), "nonet-web-"));
  let config: Config = {
    ...(await readConfig({ NONET_CONFIG: "/nonexistent" }, commands)),
    stateDir,
    ...configIn(world),
    whoMay: WhoMay.parse({ people }),
    web: { url: null, host: "127.0.0.1", port: 0, channel: null },
  };
  const start = async () => openBot(await liveConfig(() => Promise.resolve(config)), simulatedReach);
  const bot = await start();
  const url = bot.webUrl ?? "";
  config = { ...config, web: { url: null, host: "127.0.0.1", port: Number(new URL(url).port), channel: null } };
  const stage: Stage = {
    bot,
    url,
    stateDir,
    linkFor: async (slackId) => {
      const receipt = await stage.bot.desk.submit("/console link", inSlack(slackId));
      if (receipt.kind !== "answer") throw new Error("no answer");
      return receipt.card.text ?? "";
    },
    employ: async (names) => {
      config = { ...config, whoMay: WhoMay.parse({ people: people.filter(({ name }) => names.includes(name)) }) };
      await stage.bot.reload();
    },
    stop: () => stage.bot.close(),
    start: async () => {
      stage.bot = await start();
    },
    close: async () => {
      await stage.bot.close();
      await world.remove();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
  return stage;
}
