import { OpsError, toFailure } from "../core/errors.ts";

/** Calls `turn` when woken and every `pollMs`, never twice at once, and again at once after one that did something. */
export function openPump(turn: () => Promise<boolean>, pollMs: number, onError: (error: unknown) => void) {
  const halt = new AbortController();
  let woken = false;
  let turning: Promise<void> | undefined;
  let turnedAt = performance.now();
  let failure: unknown;
  const spin = async () => {
    while (woken && !halt.signal.aborted) {
      woken = false;
      try {
        if (await turn()) woken = true;
        failure = undefined;
      } catch (error) {
        failure = error;
        onError(error);
      }
      turnedAt = performance.now();
    }
    turning = undefined;
  };
  const wake = () => {
    woken = true;
    turning ??= spin();
  };
  const timer = setInterval(wake, pollMs);
  return {
    wake,
    /** @throws OpsError `engine_resting` or `engine_stuck` when it does not turn. */
    check: () => {
      if (halt.signal.aborted) throw new OpsError({ code: "engine_resting", message: "It takes no runs any more." });
      const silentMs = performance.now() - turnedAt;
      if (failure === undefined && silentMs < 4 * pollMs) return;
      throw new OpsError({
        code: "engine_stuck",
        message:
          failure === undefined
            ? `It has not looked for runs for ${Math.round(silentMs / 1000)} s.`
            : `It could not look for runs: ${toFailure(failure).message}`,
        cause: failure,
      });
    },
    stop: async () => {
      halt.abort();
      clearInterval(timer);
      await turning;
    },
  };
}
