import { prompt } from "../chat/console/prompt.ts";
import { join } from "node:path";
import { readConfig } from "../config.ts";
import { openBot, owner, socketPath } from "./bot.ts";
import { commands } from "./registry.ts";
import { liveConfig } from "./reload.ts";

/** `npm start`: the bot, with a prompt when somebody sits at a terminal. SIGHUP reads the configuration again. */
export async function main(): Promise<number> {
  const live = await liveConfig(() => readConfig(process.env, commands));
  const { stateDir } = live.current();
  const bot = await openBot(live);
  process.on("SIGHUP", () => void bot.reload().then(console.log));
  console.log(`Nonet runs as process ${process.pid}. The key that seals its secrets comes from ${bot.keySource}.`);
  const stop = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.resolve());
  if (process.stdin.isTTY) {
    const session = prompt({
      socket: socketPath(stateDir),
      user: owner,
      history: join(stateDir, "history"),
    });
    await Promise.race([session, stop.promise]);
  } else {
    await stop.promise;
  }
  await bot.close();
  return 0;
}
