import { z } from "zod";
import { build } from "../../playbooks/build.ts";
import { readConfig, type Config } from "../../src/config.ts";
import { atConsole } from "../../src/core/caller.ts";
import type { Desk } from "../../src/core/desk.ts";
import { Secret } from "../../src/core/secret.ts";
import { openBot, owner } from "../../src/main/bot.ts";
import { commands } from "../../src/main/registry.ts";
import { liveConfig } from "../../src/main/reload.ts";
import { standInReach } from "../fakes/stand-in-reach.ts";
import { blueprint } from "./blueprint.ts";
import { tellMoments, type Moment } from "./moments.ts";

/** What a bot in a test is told on its command line, as JSON. */
const Life = z.object({
  stateDir: z.string(),
  /** PostgreSQL instead of a file in `stateDir`. */
  databaseUrl: z.string().nullable(),
  apiUrl: z.string(),
  token: z.string(),
  ports: z.record(z.string(), z.number()),
  /** The run it follows, which an earlier bot began; `null` for one that gives the command. */
  follows: z.string().nullable(),
  /** When it gets this signal from itself; `null` for a bot that lives on. */
  end: z.object({ moment: z.string(), signal: z.enum(["SIGKILL", "SIGSTOP"]) }).nullable(),
});
export type Life = z.infer<typeof Life>;

/** Builds the cluster, or carries on with what an earlier bot began; tells the moments it passes and how it ended. */
async function live({ stateDir, databaseUrl, apiUrl, token, ports, follows, end }: Life): Promise<void> {
  const pass = (moment: Moment) => {
    if (moment === end?.moment) process.kill(process.pid, end.signal);
    tell({ moment });
  };
  tellMoments(build, pass, end?.signal === "SIGSTOP");
  const config: Config = {
    ...(await readConfig({ NONET_CONFIG: "/nonexistent" }, commands)),
    stateDir,
    databaseUrl: databaseUrl === null ? null : new Secret(databaseUrl),
    linodeToken: new Secret(token),
    linodeUrl: apiUrl,
    scanFrom: "198.18.254.3",
    clusters: [blueprint],
  };
  const bot = await openBot(await liveConfig(() => Promise.resolve(config)), standInReach(ports));
  const runId = follows ?? (await command(bot.desk));
  tell({ runId });
  const ended = Promise.withResolvers<void>();
  let answered = false;
  bot.desk.follow(runId, ({ card, result }) => {
    if (result !== null) {
      tell({ runId, card, result });
      ended.resolve();
    }
    if (card.question === null || answered) return;
    answered = true;
    pass("approval 1, before");
    bot.desk
      .decide(runId, atConsole(owner), card.question.approveWith)
      .then(() => pass("approval 1, after"), ended.reject);
  });
  await ended.promise;
  await bot.close();
}

async function command(desk: Desk): Promise<string> {
  const receipt = await desk.submit("/cluster build demo", atConsole(owner));
  if (receipt.kind !== "run") throw new Error("a build is a run");
  return receipt.runId;
}

function tell(told: object): void {
  process.stdout.write(`${JSON.stringify(told)}\n`);
}

if (import.meta.main) await live(Life.parse(JSON.parse(process.argv[2] ?? "")));
