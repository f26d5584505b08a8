import type { TimelineStep } from "../core/drawing.ts";

/**
 * The chain of steps that decided how long a run took: from its end back to whichever step ended last before the next
 * one began. A step that contains others (it began before them and ended with them) stands for itself. Earliest first.
 */
export function longestPath(steps: readonly TimelineStep[]): TimelineStep[] {
  const byEnd = steps.toSorted((a, b) => a.to - b.to || a.from - b.from);
  const path: TimelineStep[] = [];
  let next = byEnd.pop();
  while (next !== undefined) {
    path.unshift(next);
    const { from } = next;
    // What ended at the same moment as this one began may have been rounded a little beyond it.
    next = undefined;
    while (next === undefined && byEnd.length > 0) {
      const step = byEnd.pop();
      if (step !== undefined && step.to <= from + roundingMs) next = step;
    }
  }
  return path;
}

/** Times of steps come from two clocks' readings: a journal's and a stopwatch's. */
const roundingMs = 10;
