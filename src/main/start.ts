import { prompt } from "../chat/console/prompt.ts";
import { join } from "node:path";
import { readConfig } from "../config.ts";
import { openBot, owner, socketPath } from "./bot.ts";
import { stop, toldToStop } from "./stop.ts";

/** `npm start`: the bot, with a prompt when somebody sits at a terminal. SIGTERM and SIGINT let it stop in order. */
export async function main(): Promise<number> {
  const config = await readConfig(process.env);
  const bot = await openBot(config);
  console.log(`Nonet runs. The key that seals its secrets comes from ${bot.keySource}.`);
  const told = toldToStop();
  if (process.stdin.isTTY) {
    const session = prompt({
      socket: socketPath(config.stateDir),
      actor: owner,
      history: join(config.stateDir, "history"),
    });
    await Promise.race([session, told]);
  } else {
    await told;
  }
  return stop(bot);
}
