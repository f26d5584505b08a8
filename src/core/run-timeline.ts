import type { TimelineDrawing, TimelineStep } from "./drawing.ts";
import type { RunView, StepView } from "./journal.ts";
import { titleOf } from "./lock.ts";

/** The picture of a run that has ended: its journal by node and time, from its first step on. */
export function timelineOf(view: RunView): TimelineDrawing {
  const to = Date.parse(view.finishedAt ?? view.queuedAt);
  const steps = view.steps.map((step) => stepOf(step, to));
  // What a run waited for its turn is no part of it.
  const from = Math.min(to, ...steps.map((step) => step.from));
  return { kind: "timeline", title: titleOf(view), from, to, steps };
}

function stepOf({ title, node, state, asks, startedAt, seconds }: StepView, ended: number): TimelineStep {
  const from = Date.parse(startedAt);
  const to = seconds === null ? ended : Math.min(ended, from + Math.round(seconds * 1000));
  return { title, node, state: state === "running" ? "open" : asks ? "asked" : state, from, to: Math.max(from, to) };
}
