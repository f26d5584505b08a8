import type { Time } from "../look/ask.ts";

/**
 * Milliseconds a node may take that usually is quick. One that hangs is told of within 15 s, also where one look is not
 * enough: it falls silent right after a look, the next one begins 5 s later and gives it 3.5 s, and so does the one after
 * that: 13.5 s in all, and 16 s where something heavier joins the first.
 */
const leastMs = 3500;
/** What a slow node may take at most, and what heavier facts add. */
const mostMs = 10_000;
const heavyMs = 2500;
/** Times as long as it took last. */
const patience = 3;

/** Milliseconds each node took last, by name: slow machines are given more time, or they would look like dead ones. */
export type Pace = Readonly<Record<string, number>>;

/** How long a node may take for its round trip. One that nobody has asked yet may take as long as any. */
export function timeFor(pace: number | undefined, isHeavy: boolean): Time {
  const quick = Math.min(mostMs, Math.max(leastMs, (pace ?? mostMs) * patience));
  const deadlineMs = quick + (isHeavy ? heavyMs : 0);
  // The rest is for the way there and back.
  return { factSeconds: Math.floor((deadlineMs - 500) / 1000), deadlineMs };
}

/**
 * Of all time, what looks may take of a node's at most: a quarter. A healthy node answers in half a second and is looked at
 * every five; a small one under load is left in peace, or the look itself would be what its services time out on.
 */
const share = 0.25;
/** Milliseconds no cluster goes without a look. */
const longestMs = 30_000;

/** Milliseconds from the beginning of a look to that of the next, when its slowest node took so long. */
export const pauseAfter = (slowestMs: number, intervalMs: number): number =>
  Math.max(intervalMs, Math.min(longestMs, slowestMs / share));

/** A node that did not answer, though nobody else says that it is gone, may only have become slow. */
export const slower = (pace: number | undefined): number => Math.min(mostMs, (pace ?? mostMs) * 1.5);
