/** Calls `turn` when woken and every `pollMs`, never twice at once, and again at once after one that did something. */
export function openPump(turn: () => Promise<boolean>, pollMs: number, onError: (error: unknown) => void) {
  const halt = new AbortController();
  let woken = false;
  let turning: Promise<void> | undefined;
  const spin = async () => {
    while (woken && !halt.signal.aborted) {
      woken = false;
      try {
        if (await turn()) woken = true;
      } catch (error) {
        onError(error);
      }
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
    stop: async () => {
      halt.abort();
      clearInterval(timer);
      await turning;
    },
  };
}
