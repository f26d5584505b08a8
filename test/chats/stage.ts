import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig, type Config } from "../../src/config.ts";
import { openBot, type Bot } from "../../src/main/bot.ts";
import { configIn, type World } from "../../src/main/demo-world.ts";
import { commands } from "../../src/main/registry.ts";
import { liveConfig } from "../../src/main/reload.ts";
import { simulatedReach } from "../../src/main/simulated-reach.ts";
import { openTeam, teamEnvironment, teamFile, type Team } from "./team.ts";

/** The whole bot, in a world of machines, with a team that is partly in Slack and partly in Discord. */
export interface Stage extends Team {
  readonly bot: Bot;
}

/** Opens it. */
export async function openStage(world: World): Promise<Stage> {
  const team = await openTeam();
  const stateDir = await mkdtemp(join(tmpdir(), "nonet-chats-"));
  const file = join(stateDir, "nonet.yaml");
  await writeFile(file, JSON.stringify(teamFile));
  const config: Config = {
    ...(await readConfig({ NONET_CONFIG: file, ...teamEnvironment(team) }, commands)),
    stateDir,
    ...configIn(world),
  };
  const live = await liveConfig(() => Promise.resolve(config));
  const bot = await openBot(live, world.kind === "simulated" ? simulatedReach : undefined);
  await bot.listen();
  return {
    ...team,
    bot,
    async close() {
      await bot.close();
      await team.close();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
