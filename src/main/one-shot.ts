import { parseArgs } from "node:util";
import { connectConsole, submit, type Ended } from "../chat/console/client.ts";
import { liveCard } from "../chat/console/live.ts";
import { terminal } from "../chat/console/prompt.ts";
import type { Config } from "../config.ts";
import { describeFailure, OpsError, toFailure } from "../core/errors.ts";
import { openBot, owner, socketPath } from "./bot.ts";
import { configuration } from "./configuration.ts";
import { demoStateDirs } from "./demo-state.ts";
import { liveConfig } from "./reload.ts";

/** `npm run nonet -- '/cluster status demo' [--json] [--as USER] [--yes]`: one command; 0 when it ended well. */
export async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: "boolean" }, as: { type: "string" }, yes: { type: "boolean" } },
  });
  const text = positionals.join(" ");
  if (text === "") {
    throw new OpsError({ code: "bad_input", message: "No command was given.", hint: "Try: npm run nonet -- /help" });
  }
  const config = await configuration(process.env);
  const json = values.json === true;
  try {
    const ended = await withBot(config, (socket) =>
      oneCommand(socket, text, { user: values.as ?? owner, json, yes: values.yes === true }),
    );
    if (json) console.log(toJson(ended));
    return ended.result.ok ? 0 : 1;
  } catch (error) {
    if (!json) throw error;
    const failure = toFailure(error);
    console.log(JSON.stringify({ ok: false, verdict: describeFailure(failure), failure }));
    return 1;
  }
}

/** Uses the bot that runs, or else a demo that does; where none does, one in this process for as long as it takes. */
async function withBot<T>(config: Config, work: (socket: string) => Promise<T>): Promise<T> {
  for (const stateDir of [config.stateDir, ...(await demoStateDirs(config))]) {
    const socket = socketPath(stateDir);
    const running = await connectConsole(socket);
    running?.destroy();
    if (running !== undefined) return work(socket);
  }
  const own = await openBot(await liveConfig(() => Promise.resolve(config)));
  try {
    return await work(socketPath(config.stateDir));
  } finally {
    await own.close();
  }
}

/** How one command is typed by a program. */
export interface OneCommand {
  /** User of the machine. */
  readonly user: string;
  /** Draw nothing. */
  readonly json: boolean;
  /** Answer the question of the run with what it asks for. */
  readonly yes: boolean;
}

/** Submits a command and shows it until its end. */
export async function oneCommand(socket: string, text: string, { user, json, yes }: OneCommand): Promise<Ended> {
  const live = json ? undefined : liveCard(terminal());
  const ended = await submit(socket, text, user, {
    card: (card) => live?.show(card),
    ask: (card) => {
      if (yes) return Promise.resolve(card.question?.approveWith ?? "yes");
      throw new OpsError({
        code: "needs_approval",
        message: `It asks for approval: ${card.question?.text ?? ""}`,
        hint: "Answer at the prompt of the bot, or give --yes with the command.",
      });
    },
  });
  live?.end(ended.card);
  return ended;
}

/** One object for programs: `ok`, `verdict`, and what the command itself adds. */
export function toJson({ result }: Ended): string {
  const data = typeof result.data === "object" && result.data !== null ? result.data : {};
  return JSON.stringify({ ok: result.ok, verdict: result.verdict, ...data });
}
