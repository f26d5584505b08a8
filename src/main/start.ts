import { prompt } from "../chat/console/prompt.ts";
import { join } from "node:path";
import { openBot, owner, socketPath } from "./bot.ts";
import { configuration } from "./configuration.ts";
import { liveConfig } from "./reload.ts";
import { stop, toldToStop } from "./stop.ts";

/**
 * `npm start`: the bot, with a prompt when somebody sits at a terminal. SIGHUP reads the configuration again; SIGTERM
 * and SIGINT let it stop in order.
 */
export async function main(): Promise<number> {
  const live = await liveConfig(() => configuration(process.env));
  const { stateDir } = live.current();
  const bot = await openBot(live);
  void bot.listen();
  // Before anybody reads that it runs.
  const told = toldToStop();
  process.on("SIGHUP", () => void bot.reload().then(console.log));
  console.log(`Nonet runs as process ${process.pid}. The key that seals its secrets comes from ${bot.keySource}.`);
  if (process.stdin.isTTY) {
    const session = prompt({
      socket: socketPath(stateDir),
      user: owner,
      history: join(stateDir, "history"),
    });
    await Promise.race([session, told]);
  } else {
    await told;
  }
  return stop(bot);
}
