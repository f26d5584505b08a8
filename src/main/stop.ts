import type { Bot } from "./bot.ts";

/** How long steps under way may take to reach their end, and how long all of the stopping may take. Milliseconds. */
export interface StopTiming {
  readonly drainMs: number;
  readonly exitMs: number;
}

const usualTiming: StopTiming = { drainMs: 8000, exitMs: 9500 };

/** Signals closer together than this many milliseconds are one: Ctrl-C reaches a child of npm from both of them. */
const oneMs = 300;

/** Resolves when the process is told to stop; told a second time it exits at once. */
export function toldToStop(): Promise<void> {
  const told = Promise.withResolvers<void>();
  let first: number | undefined;
  const heard = () => {
    first ??= performance.now();
    if (performance.now() - first > oneMs) process.exit(1);
    told.resolve();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, heard);
  return told.promise;
}

/** Stops the bot in order and exits with 0, in time whatever happens: what did not end goes on at the next start. */
export async function stop(bot: Bot, { drainMs, exitMs }: StopTiming = usualTiming): Promise<never> {
  setTimeout(() => process.exit(0), exitMs);
  try {
    await bot.drain(drainMs);
    await bot.close();
  } catch (error) {
    console.error("Nonet did not stop in order:", error);
  }
  process.exit(0);
}
