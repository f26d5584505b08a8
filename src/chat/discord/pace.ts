/** Milliseconds before the next attempt to connect, by how many failed in a row. */
const attempts = [0, 1000, 2000, 5000, 10_000, 30_000, 60_000];
/** Milliseconds after the last IDENTIFY, by how many there were within the hour: at most seven an hour, 168 a day. */
const identifies = [0, 5000, 30_000, 120_000, 600_000, 1_200_000, 1_800_000];

const hourMs = 3_600_000;

const step = (steps: readonly number[], at: number): number => steps[Math.min(at, steps.length - 1)] ?? 0;

/** Milliseconds before the next attempt to connect after so many that failed. */
export const connectDelay = (failed: number): number => step(attempts, failed);

/** When sessions were begun, as far as it still counts. */
export const lately = (begun: readonly number[], now: number): number[] => begun.filter((at) => now - at < hourMs);

/**
 * Milliseconds before the next IDENTIFY. Discord resets the token of a bot that sends 1,000 in 24 hours, so a bot
 * that crashes in a loop must not send one each time.
 */
export function identifyDelay(begun: readonly number[], now: number): number {
  const recent = lately(begun, now);
  const last = recent.at(-1);
  return last === undefined ? 0 : Math.max(0, last + step(identifies, recent.length) - now);
}
