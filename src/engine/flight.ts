/** The steps under way in this process. */
export interface Flight {
  /** Aborted from the moment on in which no further step may begin. */
  readonly landing: AbortSignal;
  /** Does a step, the record of its end included; it counts as under way until then. */
  carry<T>(work: () => Promise<T>): Promise<T>;
  /** Waits inside a step, for people or for the next start; that counts as nothing under way, for nothing is lost. */
  aside<T>(wait: Promise<T>): Promise<T>;
  /** Lets no further step begin; resolves once none is under way any more. */
  land(): Promise<void>;
}

/** With nothing under way. */
export function openFlight(): Flight {
  const landing = new AbortController();
  const landed = Promise.withResolvers<void>();
  let under = 0;
  const count = (change: 1 | -1) => {
    under += change;
    if (under === 0 && landing.signal.aborted) landed.resolve();
  };
  const between = async <T>(before: 1 | -1, work: () => Promise<T>, after: 1 | -1): Promise<T> => {
    count(before);
    try {
      return await work();
    } finally {
      count(after);
    }
  };
  return {
    landing: landing.signal,
    carry: (work) => between(1, work, -1),
    aside: (wait) => between(-1, () => wait, 1),
    land: () => {
      landing.abort();
      if (under === 0) landed.resolve();
      return landed.promise;
    },
  };
}
