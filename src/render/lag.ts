import type { LagDrawing } from "../core/drawing.ts";
import { stretchesOf, type Stretch } from "./lag-stretches.ts";
import { utcMinute } from "../core/words.ts";
import { axisWords, clockWords, ticksBetween, timeStep, utcSpan } from "./scale.ts";
import { Sheet, widthOfText, type Box } from "./svg.ts";
import type { Theme } from "./theme.ts";

const width = 760;
const edge = 20;
const plot = { left: 84, right: 70, height: 240 };
const lane = 34;
const markRow = 26;
const mostEvents = 8;
/** Apart from their colour, lines differ by their dashes. */
const dashes = ["none", "10 4", "3 4", "12 4 3 4"];

/** From numbers to where they are drawn. */
interface Frame {
  readonly x: (at: number) => number;
  readonly y: (seconds: number) => number;
  readonly box: Box;
  /** Seconds between two lines across. */
  readonly step: number;
  readonly high: number;
  /** Below the plot, a lane for each node. */
  readonly lanesTop: number;
  readonly lanesBottom: number;
}

/** A node's line. */
interface Line {
  readonly node: string;
  readonly color: string;
  readonly dash: string;
  readonly stretches: readonly Stretch[];
}

/** How far replicas were behind, as SVG: lines where it is known, and below them what else was going on. */
export function lagSvg(drawing: LagDrawing, theme: Theme): string {
  const sheet = new Sheet();
  const lines = drawing.series.map((series, at): Line => ({
    node: series.node,
    color: theme.lines[at % theme.lines.length] ?? theme.ink,
    dash: dashes[at % dashes.length] ?? "none",
    stretches: stretchesOf(drawing, series),
  }));
  const marks = marksOf(drawing);
  const frame = frameOf(drawing, lines, 92 + markRow * Math.max(0, ...marks.map(({ row }) => row + 1)));
  const title = `Replication lag of ${drawing.cluster}`;
  sheet.text(edge, 46, title, { size: 26, weight: "bold", fill: theme.ink }, width - 2 * edge);
  sheet.text(edge, 74, utcSpan(drawing.from, drawing.to), { size: 15, fill: theme.faint });
  drawAxes(sheet, drawing, frame, theme);
  for (const { at, row } of marks) {
    const d = `M${frame.x(at)} ${markY(row, frame)}V${frame.lanesBottom}`;
    sheet.path(d, { stroke: theme.ink, "stroke-width": 1.5, "stroke-dasharray": "5 4" });
  }
  for (const { at, row, number } of marks) drawNumber(sheet, frame.x(at), markY(row, frame), number, theme);
  for (const line of lines) drawLine(sheet, line, frame);
  drawNames(sheet, lines, frame, theme);
  for (const [at, line] of lines.entries()) drawLane(sheet, line, frame.lanesTop + at * lane, frame, theme);
  const below = drawLegend(sheet, lines, frame.lanesBottom + 56, theme);
  const bottom = drawEvents(sheet, drawing, marks, below, theme);
  return sheet.svg(width, bottom, theme.page);
}

function frameOf({ from, to }: LagDrawing, lines: readonly Line[], top: number): Frame {
  const box = { x: plot.left, y: top, width: width - plot.left - plot.right, height: plot.height };
  const most = lines.reduce(
    (high, { stretches }) =>
      stretches.reduce((top, { points }) => points.reduce((t, [, s]) => Math.max(t, s), top), high),
    5,
  );
  const step = timeStep(most, 5);
  const high = Math.ceil(most / step) * step;
  const lanesTop = top + plot.height + 16;
  return {
    box,
    step,
    high,
    x: (at) => box.x + (box.width * (Math.min(Math.max(at, from), to) - from)) / Math.max(1, to - from),
    y: (seconds) => box.y + box.height * (1 - seconds / high),
    lanesTop,
    lanesBottom: lanesTop + lines.length * lane,
  };
}

function drawAxes(
  sheet: Sheet,
  { from, to }: LagDrawing,
  { box, x, y, step, high, lanesBottom }: Frame,
  theme: Theme,
): void {
  const label = { size: 15, fill: theme.faint };
  sheet.rect(box, { fill: theme.panel });
  for (const seconds of ticksBetween(0, high, step)) {
    const stroke = seconds === 0 ? theme.faint : theme.rule;
    sheet.path(`M${box.x} ${y(seconds)}H${box.x + box.width}`, { stroke, "stroke-width": 1 });
    sheet.text(box.x - 10, y(seconds) + 5, axisWords(seconds, step), { ...label, anchor: "end" });
  }
  const every = timeStep((to - from) / 1000, 6);
  for (const second of ticksBetween(from / 1000, to / 1000, every)) {
    const at = x(second * 1000);
    sheet.path(`M${at} ${box.y}V${lanesBottom + 4}`, { stroke: theme.rule, "stroke-width": 1 });
    sheet.text(at, lanesBottom + 22, clockWords(second * 1000, every), { ...label, anchor: "middle" });
  }
}

function drawLine(sheet: Sheet, { color, dash, stretches }: Line, { x, y }: Frame): void {
  for (const { kind, points } of stretches) {
    const [first] = points;
    if (kind !== "known" || first === undefined) continue;
    if (points.length === 1) {
      sheet.element("circle", { cx: x(first[0]), cy: y(first[1]), r: 3.5, fill: color });
      continue;
    }
    const d = points
      .map(([at, seconds], index) => `${index === 0 ? "M" : "L"}${tenth(x(at))} ${tenth(y(seconds))}`)
      .join("");
    sheet.path(d, { stroke: color, "stroke-width": 3, "stroke-linejoin": "round", "stroke-dasharray": dash });
  }
}

const tenth = (value: number): number => Math.round(value * 10) / 10;

/** Each name where its line ends; names that would touch move apart. */
function drawNames(sheet: Sheet, lines: readonly Line[], { box, x, y }: Frame, theme: Theme): void {
  const ends = lines.flatMap(({ node, stretches }) => {
    const last = stretches.findLast(({ points }) => points.length > 0)?.points.at(-1);
    return last === undefined ? [] : [{ node, x: x(last[0]), y: y(last[1]) }];
  });
  let free = box.y - 20;
  for (const end of ends.toSorted((a, b) => a.y - b.y)) {
    // A line that ended early has its name in its lane only.
    if (end.x < box.x + box.width - 12) continue;
    free = Math.max(free + 18, end.y + 5);
    sheet.text(box.x + box.width + 8, free, end.node, { size: 15, weight: "bold", fill: theme.ink }, plot.right - 14);
  }
}

/** What was known of one node: its line where it replicated, stripes where it did not, dots where nothing is known. */
function drawLane(
  sheet: Sheet,
  { node, color, dash, stretches }: Line,
  top: number,
  { box, x }: Frame,
  theme: Theme,
): void {
  sheet.text(
    box.x - 10,
    top + 19,
    node,
    { size: 15, weight: "bold", fill: theme.ink, anchor: "end" },
    plot.left - edge,
  );
  for (const { kind, from, to } of stretches) {
    const strip = { x: x(from), y: top + 3, width: Math.max(2, x(to) - x(from)), height: lane - 10 };
    const line = { stroke: color, "stroke-width": 3, "stroke-dasharray": dash };
    if (kind === "known") sheet.path(`M${strip.x} ${top + 15}H${strip.x + strip.width}`, line);
    else sheet.rect(strip, { rx: 4, ...looks(sheet, kind, theme) });
  }
}

function looks(sheet: Sheet, kind: "stopped" | "unknown", { conditions: { split, degraded }, page, faint }: Theme) {
  return kind === "stopped"
    ? { fill: sheet.stripes(split.fill, degraded.tint), stroke: split.fill, "stroke-width": 1.5 }
    : { fill: page, stroke: faint, "stroke-width": 1.5, "stroke-dasharray": "3 3" };
}

const kinds = { stopped: "replication stopped", unknown: "not known" } as const;

/** What the boxes in the lanes mean, where there are any. Returns where to go on. */
function drawLegend(sheet: Sheet, lines: readonly Line[], y: number, theme: Theme): number {
  let x: number = plot.left;
  for (const kind of ["stopped", "unknown"] as const) {
    if (!lines.some(({ stretches }) => stretches.some((stretch) => stretch.kind === kind))) continue;
    sheet.rect({ x, y: y - 12, width: 26, height: 16 }, { rx: 3, ...looks(sheet, kind, theme) });
    sheet.text(x + 34, y + 1, kinds[kind], { size: 15, fill: theme.ink });
    x += 34 + widthOfText(kinds[kind], 15) + 22;
  }
  return y + (x === plot.left ? 0 : 38);
}

/** An event with its number; `row` is how far up it stands so that it touches no other. */
interface Mark {
  readonly number: number;
  readonly at: number;
  readonly says: string;
  readonly row: number;
}

function marksOf({ events, from, to }: LagDrawing): Mark[] {
  const apart = ((to - from) * 26) / (width - plot.left - plot.right);
  const ends: number[] = [];
  return events
    .filter(({ at }) => at >= from && at <= to)
    .toSorted((a, b) => a.at - b.at)
    .slice(0, mostEvents)
    .map(({ at, says }, index) => {
      const free = ends.findIndex((end) => at - end >= apart);
      const row = free === -1 ? ends.length : free;
      ends[row] = at;
      return { number: index + 1, at, says, row };
    });
}

const markY = (row: number, { box }: Frame): number => box.y - 14 - row * markRow;

function drawNumber(sheet: Sheet, x: number, y: number, number: number, theme: Theme): void {
  sheet.rect({ x: x - 11, y: y - 11, width: 22, height: 22 }, { rx: 11, fill: theme.badge });
  sheet.text(x, y + 5, String(number), { size: 14, weight: "bold", fill: theme.onBadge, anchor: "middle" });
}

/** The events in words, by number. Returns where the picture ends. */
function drawEvents(sheet: Sheet, { events }: LagDrawing, marks: readonly Mark[], top: number, theme: Theme): number {
  for (const [row, { number, at, says }] of marks.entries()) {
    const y = top + row * 28;
    drawNumber(sheet, edge + 11, y - 5, number, theme);
    sheet.text(edge + 32, y, `${utcMinute(at)}  ${says}`, { size: 15, fill: theme.ink }, width - 2 * edge - 32);
  }
  const bottom = top + marks.length * 28;
  const left = events.length - marks.length;
  if (left > 0) sheet.text(edge + 32, bottom, `and ${left} more`, { size: 15, fill: theme.faint });
  return bottom + (left > 0 ? 16 : -12);
}
