import { rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prompt } from "../chat/console/prompt.ts";
import { readConfig, type Config } from "../config.ts";
import { Blueprint } from "../core/cluster.ts";
import { openBot, owner, socketPath } from "./bot.ts";
import { openWorld, type World } from "./demo-world.ts";
import { oneCommand } from "./one-shot.ts";
import { simulatedReach } from "./simulated-reach.ts";

const nothingReal = "Nothing real is built here: these are simulated nodes.";

/** `npm run demo [-- --once] [--simulated]`: a whole cluster from nothing, then a prompt. 0 only when proven. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { once: { type: "boolean" }, simulated: { type: "boolean" } },
  });
  const started = Date.now();
  const once = values.once === true;
  const world = await openWorld(values.simulated === true, (line) => console.log(line));
  if (world.reason !== null) console.log(`${nothingReal} ${world.reason}`);
  const config = await demoConfig(world);
  const bot = await openBot(config, world.kind === "simulated" ? simulatedReach : undefined);
  let ok = false;
  try {
    console.log(`> /cluster build demo`);
    const { result } = await oneCommand(socketPath(config), "/cluster build demo", {
      actor: owner,
      json: false,
      yes: true,
    });
    ok = result.ok;
    if (!once) {
      console.log("The cluster stays until you leave (exit). Try /cluster status demo, /help.");
      await prompt({ socket: socketPath(config), actor: owner, history: join(config.stateDir, "history") });
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

/** The demo keeps its own store, beside the real one. */
async function demoConfig(world: World): Promise<Config> {
  const config = await readConfig(process.env);
  return {
    ...config,
    stateDir: demoStateDir(config, world.kind),
    linodeToken: world.token,
    linodeUrl: world.apiUrl,
    scanFrom: world.stranger,
    clusters: [Blueprint.parse({ name: "demo", operators: [`${world.operator}/32`] })],
  };
}

/** Where a demo keeps what it knows; simulated machines end with the process, so what is known of them does too. */
export function demoStateDir(config: Config, kind: World["kind"]): string {
  return kind === "lab" ? `${config.stateDir}-demo` : `${config.stateDir}-demo-${process.pid}`;
}
