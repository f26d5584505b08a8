/** A fixed number of places; who finds none waits in line. */
export interface Slots {
  /** Resolves to the function that gives the place back; rejects when the signal fires first. */
  take(signal: AbortSignal): Promise<() => void>;
  /** Resolves once all places that are taken now have been given back. */
  idle(): Promise<void>;
}

export function createSlots(count: number): Slots {
  const taken = new Set<Promise<void>>();
  const waiting = new Set<() => void>();
  return {
    async take(signal) {
      while (taken.size >= count) {
        signal.throwIfAborted();
        const turn = Promise.withResolvers<void>();
        const stop = () => turn.reject(signal.reason);
        waiting.add(turn.resolve);
        signal.addEventListener("abort", stop);
        try {
          await turn.promise;
        } finally {
          signal.removeEventListener("abort", stop);
          waiting.delete(turn.resolve);
        }
      }
      const held = Promise.withResolvers<void>();
      taken.add(held.promise);
      return () => {
        taken.delete(held.promise);
        held.resolve();
        const [next] = waiting;
        if (next === undefined) return;
        waiting.delete(next);
        next();
      };
    },
    async idle() {
      await Promise.all(taken);
    },
  };
}
