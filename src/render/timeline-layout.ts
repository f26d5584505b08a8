import type { TimelineDrawing, TimelineStep } from "../core/drawing.ts";
import { elapsedWords, timeStep } from "./scale.ts";
import { widthOfText, type Box } from "./svg.ts";

/** Where everything of a run's picture is. */
export interface TimelineLayout {
  readonly axis: Axis;
  readonly lanes: readonly Lane[];
  readonly top: number;
  readonly bottom: number;
  readonly outages: readonly OutageBand[];
}

/** A node's steps; those that overlap are below each other. */
interface Lane {
  readonly name: string;
  readonly box: Box;
  readonly bars: readonly Bar[];
}

/** A step. */
export interface Bar {
  readonly step: TimelineStep;
  readonly box: Box;
  /** What it is called, where there is room for that: in it, behind it or before it. */
  readonly label: { readonly words: string; readonly box: Box; readonly isInside: boolean } | null;
}

/** An outage over all lanes, and what is said of it above them. */
interface OutageBand {
  readonly band: Box;
  readonly words: string;
  /** Where the words begin, and their baseline. */
  readonly x: number;
  readonly y: number;
}

/** Time on paper. Long stretches in which nothing was done are folded. */
interface Axis {
  readonly x: (at: number) => number;
  readonly folds: readonly Span[];
  /** Milliseconds since the beginning, apart enough for their labels. */
  readonly ticks: readonly number[];
}

interface Span {
  readonly from: number;
  readonly to: number;
}

export const frame = { width: 760, edge: 20, left: 104, right: 20 } as const;
/** How far above the lanes the lengths of folds are. */
export const foldLabels = 10;
const header = 116;
const bar = { height: 22, row: 26 };
const laneGap = 8;
/** What follows at once may overlap that much: clocks are read at different moments. */
const touchPx = 2;
const outageLine = 22;
export const outageLetters = 14;
export const barLetters = 13;

/** Computes it. */
export function layoutTimeline(drawing: TimelineDrawing): TimelineLayout {
  const axis = axisOf(drawing);
  const outages = outagesOf(drawing, axis);
  const top = header + outageLine * Math.max(0, ...outages.map(({ line }) => line + 1));
  const names = new Set(drawing.steps.map(({ node }) => node));
  const byNode = [...names].toSorted((a, b) => Number(a !== null) - Number(b !== null));
  let bottom = top;
  const lanes = byNode.map((node): Lane => {
    const steps = drawing.steps.filter((step) => step.node === node);
    const lane = laneOf(steps, node ?? "all", bottom, axis);
    bottom = lane.box.y + lane.box.height + laneGap;
    return lane;
  });
  const bands = outages.map(({ x, end, words, at, line }): OutageBand => ({
    band: { x, y: top - 4, width: end - x, height: bottom - top + 4 },
    words,
    x: at,
    y: header - foldLabels - 2 + outageLine * line,
  }));
  return { axis, lanes, top, bottom, outages: bands };
}

function laneOf(steps: readonly TimelineStep[], name: string, top: number, axis: Axis): Lane {
  const rows: { step: TimelineStep; x: number; end: number }[][] = [];
  for (const step of steps.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    const x = axis.x(step.from);
    const own = { step, x, end: Math.max(axis.x(step.to), x + 3) };
    const free = rows.find((others) => (others.at(-1)?.end ?? 0) <= x + touchPx);
    if (free === undefined) rows.push([own]);
    else free.push(own);
  }
  const bars = rows.flatMap((own, at) => {
    const y = top + 3 + at * bar.row;
    let taken: number = frame.left;
    return own.map(({ step, x, end }, index): Bar => {
      const box = { x, y, width: end - x, height: bar.height };
      const label = labelFor(step, box, taken, own[index + 1]?.x ?? frame.width - frame.right);
      taken = Math.max(end, label === null ? 0 : label.box.x + label.box.width);
      return { step, box, label };
    });
  });
  const box = { x: frame.edge, y: top, width: frame.width - 2 * frame.edge, height: rows.length * bar.row + 2 };
  return { name, box, bars };
}

/** Between what is `taken` before the bar and where the next one begins. */
function labelFor({ title, node }: TimelineStep, box: Box, taken: number, next: number): Bar["label"] {
  // Its node is the lane's already.
  const last = [` on ${node}`, ` ${node}`].find((words) => title.endsWith(words)) ?? "";
  const words = title.slice(0, title.length - last.length);
  const width = widthOfText(words, barLetters) + 8;
  const end = box.x + box.width;
  const at = (x: number) => ({ words, box: { x, y: box.y + 3, width, height: box.height - 6 } });
  if (width + 4 <= box.width) return { ...at(box.x + (box.width - width) / 2), isInside: true };
  if (end + width + 8 <= next) return { ...at(end + 4), isInside: false };
  return box.x - width - 8 >= taken ? { ...at(box.x - width - 4), isInside: false } : null;
}

/** Words centred above each outage, in as many lines as it takes. */
function outagesOf({ outages = [] }: TimelineDrawing, axis: Axis) {
  const lines: number[] = [];
  return outages
    .toSorted((a, b) => a.from - b.from)
    .map(({ from, to, says }) => {
      const words = `${says} · ${elapsedWords(to - from)}`;
      const [x, end] = [axis.x(from), Math.max(axis.x(to), axis.x(from) + 3)];
      const taken = widthOfText(words, outageLetters, "bold");
      const at = Math.max(frame.edge, Math.min((x + end - taken) / 2, frame.width - frame.right - taken));
      const free = lines.findIndex((until) => until < at);
      const line = free === -1 ? lines.length : free;
      lines[line] = at + taken + 12;
      return { x, end, words, at, line };
    });
}

/** Folds what is longer than a sixth of the work and in which nothing but waiting was done. */
function axisOf({ from, to, steps }: TimelineDrawing): Axis {
  const worked = steps.filter(({ state }) => state !== "asked");
  const idle = idleOf(from, to, worked);
  const work = to - from - idle.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  const most = work / 7;
  const folds = work <= 0 ? [] : idle.filter((gap) => gap.to - gap.from > work / 6);
  const shrunk = folds.reduce((sum, gap) => sum + gap.to - gap.from - most, 0);
  const scale = (frame.width - frame.left - frame.right) / Math.max(1, to - from - shrunk);
  const x = (at: number): number => {
    const inside = Math.min(Math.max(at, from), to);
    const saved = folds.reduce((sum, gap) => {
      const length = gap.to - gap.from;
      return sum + (Math.min(Math.max(inside - gap.from, 0), length) * (length - most)) / length;
    }, 0);
    return frame.left + (inside - from - saved) * scale;
  };
  const every = timeStep((to - from - shrunk) / 1000, 8) * 1000;
  const isFolded = (at: number) => folds.some((gap) => at > gap.from && at < gap.to);
  const ticks: number[] = [];
  for (let at = 0; at <= to - from && ticks.length < 100; at += every) {
    const fold = folds.find((gap) => from + at > gap.from && from + at < gap.to);
    // On to the first one behind the fold.
    if (fold !== undefined) at = Math.ceil((fold.to - from) / every) * every;
    const last = ticks.at(-1);
    const isApart = last === undefined || x(from + at) - x(from + last) > 44;
    if (at <= to - from && !isFolded(from + at) && isApart) ticks.push(at);
  }
  return { x, folds, ticks };
}

/** The times in which no step ran. */
function idleOf(from: number, to: number, steps: readonly TimelineStep[]): Span[] {
  const gaps: Span[] = [];
  let until = from;
  for (const step of steps.toSorted((a, b) => a.from - b.from)) {
    if (step.from > until) gaps.push({ from: until, to: step.from });
    until = Math.max(until, step.to);
  }
  if (to > until) gaps.push({ from: until, to });
  return gaps;
}
