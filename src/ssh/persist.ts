import { setTimeout as delay } from "node:timers/promises";
import { OpsError } from "../core/errors.ts";
import { NotStarted } from "./channel.ts";
import { cancelled, unreachable } from "./failures.ts";
import type { Door } from "./door.ts";
import type { Link } from "./link.ts";

/** How a connection behaves; all in milliseconds. */
export interface Timing {
  /** One try to connect. */
  readonly connectMs: number;
  /** How long tries are repeated while the host does not answer, within the deadline of the call. */
  readonly keepTryingMs: number;
  /** First pause between tries; doubled each time up to `pauseMaxMs`. */
  readonly pauseMs: number;
  readonly pauseMaxMs: number;
}

export const defaultTiming: Timing = { connectMs: 10_000, keepTryingMs: 30_000, pauseMs: 200, pauseMaxMs: 3000 };

/** Repeats tries to connect, with growing pauses, while it makes sense. */
export async function persist(open: () => Promise<Link>, signal: AbortSignal, timing: Timing): Promise<Link> {
  const until = performance.now() + timing.keepTryingMs;
  for (let pause = timing.pauseMs; ; pause = Math.min(pause * 2, timing.pauseMaxMs)) {
    const stop = Promise.withResolvers<never>();
    const stopped = () => stop.reject(new NotStarted("stopped"));
    signal.addEventListener("abort", stopped);
    try {
      signal.throwIfAborted();
      return await Promise.race([open(), stop.promise]);
    } catch (error) {
      const worthwhile = error instanceof OpsError && error.code === "unreachable";
      if (!worthwhile || signal.aborted || performance.now() + pause > until) throw error;
      // Not all nodes of a cluster at the same moment.
      await delay(pause * (0.5 + Math.random() / 2), undefined, { signal });
    } finally {
      signal.removeEventListener("abort", stopped);
    }
  }
}

/** Why something did not come about, as an error; the signal tells whether time ran out or somebody cancelled. */
export function explain(door: Door, error: unknown, signal: AbortSignal): OpsError {
  if (error instanceof OpsError) return error;
  const late = signal.reason instanceof Error && signal.reason.name === "TimeoutError";
  if (signal.aborted && !late) return cancelled(door.node, "Nothing was sent to the node.");
  return unreachable(door, signal.aborted ? new Error("no answer in time") : error);
}
