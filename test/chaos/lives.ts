import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { Card } from "../../src/core/card.ts";
import type { Result } from "../../src/core/playbook.ts";
import { key } from "../engine/fixture.ts";
import type { Life } from "./bot.ts";
import type { Moment } from "./moments.ts";

/** How the run ended, as the desk told. */
export interface Ending {
  readonly runId: string;
  readonly card: Card;
  readonly result: Result;
}

/** A bot in a process of its own. */
export interface Bot {
  readonly process: ChildProcess;
  /** What it told so far. */
  readonly moments: readonly Moment[];
  /** The run it follows, once it told. */
  readonly runId: () => string | null;
  /** Resolves at the first moment that is like this. */
  passed(like: (moment: Moment) => boolean): Promise<void>;
  /** Resolves once the process is gone: with how the run ended, or `null` when it did not. */
  readonly gone: Promise<Ending | null>;
}

const Told = z.union([
  z.object({ moment: z.string() }),
  z.object({ runId: z.string(), card: z.custom<Card>(Boolean), result: z.custom<Result>(Boolean) }),
  z.object({ runId: z.string() }),
]);

/** Where all processes keep what Node makes of the source, so that only the first one compiles it. */
const compiled = join(import.meta.dirname, "../../node_modules/.cache/nonet-chaos");

/** Starts a bot. */
export function startBot(life: Life): Bot {
  const child = spawn(process.execPath, [join(import.meta.dirname, "bot.ts"), JSON.stringify(life)], {
    stdio: ["ignore", "pipe", "inherit"],
    // One that hangs is no better than one that dies.
    timeout: 120_000,
    env: { ...process.env, NONET_KEY: key, NODE_COMPILE_CACHE: compiled },
  });
  const moments: Moment[] = [];
  const watchers = new Set<(moment: Moment) => void>();
  let runId: string | null = null;
  let ending: Ending | null = null;
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    const told = Told.parse(JSON.parse(line));
    if ("card" in told) ending = told;
    else if ("runId" in told) runId = told.runId;
    else {
      moments.push(told.moment);
      for (const watcher of watchers) watcher(told.moment);
    }
  });
  return {
    process: child,
    moments,
    runId: () => runId,
    passed: (like) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      watchers.add((moment) => like(moment) && resolve());
      if (moments.some(like)) resolve();
      return promise;
    },
    gone: Promise.all([once(child, "exit"), once(lines, "close")]).then(() => ending),
  };
}
