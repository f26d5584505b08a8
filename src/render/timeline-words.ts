import type { TimelineDrawing, TimelineStep } from "../core/drawing.ts";
import { allOf, counted } from "../core/words.ts";
import { elapsedWords, utcSpan } from "./scale.ts";
import { longestPath } from "./timeline-path.ts";

/** The longest of these steps, longest first. */
export const longestOf = (steps: readonly TimelineStep[], most: number): TimelineStep[] =>
  steps.toSorted((a, b) => b.to - b.from - (a.to - a.from)).slice(0, most);

const lasted = ({ title, from, to }: TimelineStep): string => `${title} (${elapsedWords(to - from)})`;

/** A run's picture in words. */
export function timelineWords({ title, from, to, steps, outages = [] }: TimelineDrawing): string[] {
  const inState = (state: TimelineStep["state"]) => steps.filter((step) => step.state === state);
  const [failed, asked, open] = [inState("failed"), inState("asked"), inState("open")];
  const nodes = new Set(steps.flatMap(({ node }) => node ?? []));
  const list = (words: string, some: readonly TimelineStep[]) =>
    some.length === 0 ? [] : [`${words} ${some.map(lasted).join(", ")}.`];
  return [
    `${title} took ${elapsedWords(to - from)}, ${utcSpan(from, to)}: ${counted(steps.length, "step")} on ${counted(nodes.size, "node")}.`,
    ...list("Failed:", failed),
    ...outages.map((outage) => `${outage.says} for ${elapsedWords(outage.to - outage.from)}.`),
    ...list("People were waited for:", asked),
    ...list("Not finished:", open),
    `Longest steps of the longest path: ${allOf(longestOf(longestPath(steps), 5).map(lasted))}.`,
  ];
}
