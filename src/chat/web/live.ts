import type { SSEStreamingApi } from "hono/streaming";
import { idOf } from "./state.ts";
import type { Events, State } from "./wire.ts";

/** Milliseconds between two signs of life, each after a look at what tells nobody that it changed; and between two states. */
const timing = { beatMs: 4000, paceMs: 250 };

/** What a stream works with. */
export interface Live {
  readonly look: () => Promise<State>;
  /** Whether whoever listens is still signed in. */
  readonly isSignedIn: () => Promise<boolean>;
  /** Calls back whenever something may have changed; returns how to stop that. */
  readonly watch: (changed: () => void) => () => void;
  /** The id of the state that the page shows already. */
  readonly shown: string | undefined;
  /** Aborted when the bot stops. */
  readonly stopping: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Tells a page what is true until it goes away. Each write waits for the reader, and each state is made when it can be
 * written: who reads slowly gets the newest one, and no queue grows.
 */
export async function tellLive(stream: SSEStreamingApi, live: Live): Promise<void> {
  const bell = openBell();
  const stop = live.watch(bell.ring);
  live.stopping.addEventListener("abort", bell.ring);
  stream.onAbort(bell.ring);
  const write = <E extends keyof Events>(event: E, data: Events[E], id?: string) =>
    stream.writeSSE({ event, data: JSON.stringify(data), ...(id === undefined ? {} : { id }) });
  let { shown } = live;
  try {
    while (!stream.aborted && !stream.closed) {
      if (live.stopping.aborted) return await write("over", { why: "stopping" });
      if (!(await live.isSignedIn())) return await write("over", { why: "signed-out" });
      bell.still();
      const state = await live.look();
      const id = idOf(state);
      if (id === shown) await write("beat", { now: live.now() });
      else await write("state", { now: live.now(), state }, id);
      shown = id;
      await bell.rung(timing.beatMs);
      await pause(timing.paceMs);
    }
  } finally {
    stop();
    live.stopping.removeEventListener("abort", bell.ring);
  }
}

/** Something that rings until it is stilled. */
function openBell() {
  let rings = Promise.withResolvers<void>();
  return {
    ring: () => rings.resolve(),
    still: () => {
      rings = Promise.withResolvers<void>();
    },
    /** Resolves when it rings, or after so many milliseconds. */
    rung: async (milliseconds: number) => {
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, milliseconds);
      await Promise.race([rings.promise, late.promise]);
      clearTimeout(timer);
    },
  };
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => void setTimeout(resolve, milliseconds));
