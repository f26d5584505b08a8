import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prompt } from "../chat/console/prompt.ts";
import type { Config } from "../config.ts";
import type { Card } from "../core/card.ts";
import { pngOf } from "../render/draw.ts";
import { terminalFont } from "../render/font.ts";
import { terminalSvg } from "../render/terminal-svg.ts";
import { cardLines } from "../render/terminal.ts";
import { openBot, owner, socketPath } from "./bot.ts";
import { configuration } from "./configuration.ts";
import { demoStateDir } from "./demo-state.ts";
import { configIn, openWorld, type World } from "./demo-world.ts";
import { oneCommand } from "./one-shot.ts";
import { liveConfig } from "./reload.ts";
import { simulatedReach } from "./simulated-reach.ts";

const nothingReal = "Nothing real is built here: these are simulated nodes.";

/**
 * `npm run demo [-- --once] [--simulated] [--picture FILE]`: a whole cluster from nothing, then a prompt. 0 only when
 * proven. `--picture` keeps what the console shows at the end as a PNG.
 */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { once: { type: "boolean" }, simulated: { type: "boolean" }, picture: { type: "string" } },
  });
  const started = Date.now();
  const once = values.once === true;
  const world = await openWorld(values.simulated === true, (line) => console.log(line));
  if (world.reason !== null) console.log(`${nothingReal} ${world.reason}`);
  const live = await liveConfig(() => demoConfig(world));
  const config = live.current();
  const bot = await openBot(live, world.kind === "simulated" ? simulatedReach : undefined);
  void bot.listen();
  let ok = false;
  try {
    console.log(`> /cluster build demo`);
    const { card, result } = await oneCommand(socketPath(config.stateDir), "/cluster build demo", {
      user: owner,
      json: false,
      yes: true,
    });
    ok = result.ok;
    if (values.picture !== undefined) await writeFile(values.picture, await pictureOf(card));
    if (!once) {
      console.log("The cluster stays until you leave (exit). Try /cluster status demo, /help.");
      console.log(`The web console is at ${bot.webUrl}; /console link signs you in there.`);
      await prompt({ socket: socketPath(config.stateDir), user: owner, history: join(config.stateDir, "history") });
    } else {
      if (world.kind === "simulated") console.log(nothingReal);
      const data = typeof result.data === "object" && result.data !== null ? result.data : {};
      const seconds = Math.round((Date.now() - started) / 1000);
      console.log(JSON.stringify({ ok, ...data, nodes_kind: world.kind, seconds, verdict: result.verdict }));
    }
  } finally {
    await bot.close();
    // A build that failed stays as it is, so that the next demo can carry on and people can look.
    if (ok || world.kind === "simulated") {
      await world.remove();
      await rm(config.stateDir, { recursive: true, force: true });
    }
  }
  return ok ? 0 : 1;
}

/** A card as a console of 132 columns shows it. */
function pictureOf(card: Card): Promise<Buffer> {
  return pngOf(terminalSvg(cardLines(card, { width: 132, color: true, now: Date.now() })), terminalFont);
}

/** The demo keeps its own store, beside the real one. */
async function demoConfig(world: World): Promise<Config> {
  const config = await configuration(process.env);
  return {
    ...config,
    stateDir: demoStateDir(config, world.kind),
    databaseUrl: null,
    ...configIn(world),
    web: { url: null, host: "127.0.0.1", port: 0, channel: null },
  };
}
