import type { Beat, BeatStates } from "./beat.ts";

/** All of it is due, and what was kept stays known. */
export const longAgo = (beats: BeatStates): BeatStates =>
  Object.fromEntries(Object.entries(beats).map(([name, { keep }]) => [name, { at: 0, keep }]));

/**
 * What joins a look: of the beats that are due, the one that has waited longest for its turn. Several at once would keep a
 * small machine from its work, and what is due now can wait five seconds. `now` in milliseconds since 1970.
 */
export function dueOf(beats: readonly Beat[], last: BeatStates, now: number): Beat[] {
  const turns = ({ name, everyMs }: Beat) => (now - (last[name]?.at ?? 0)) / everyMs;
  return beats
    .filter((beat) => turns(beat) >= 1)
    .toSorted((a, b) => turns(b) - turns(a))
    .slice(0, 1);
}
