/** How often each address may try something. */
export interface Tries {
  /** Counts a try; whether it may be made. */
  take(address: string): boolean;
}

/** Addresses that are remembered; more than these in one span of time are counted as one. */
const mostAddresses = 10_000;

/** So many tries within `spanMs` for each address; `now` is in milliseconds since 1970. */
export function openTries(most: number, spanMs: number, now: () => number): Tries {
  const counts = new Map<string, number>();
  let began = now();
  return {
    take: (address) => {
      if (now() - began >= spanMs) {
        counts.clear();
        began = now();
      }
      const key = counts.has(address) || counts.size < mostAddresses ? address : "others";
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return count <= most;
    },
  };
}
