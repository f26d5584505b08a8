import { openBot } from "../../src/main/bot.ts";
import { liveConfig } from "../../src/main/reload.ts";
import { simulatedReach } from "../../src/main/simulated-reach.ts";
import { stop, toldToStop } from "../../src/main/stop.ts";
import { benchConfig } from "./bench.ts";

/** `npm start` on simulated nodes: prints where its HTTP is, then does as `start` does. */
const [apiUrl = "", stateDir = "", drainMs = "", exitMs = ""] = process.argv.slice(2);
const config = await benchConfig({ apiUrl, stateDir });
const bot = await openBot(await liveConfig(() => Promise.resolve(config)), simulatedReach);
const told = toldToStop();
process.stdout.write(`${bot.httpUrl}\n`);
await told;
await stop(bot, { drainMs: Number(drainMs), exitMs: Number(exitMs) });
