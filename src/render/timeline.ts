import type { TimelineDrawing, TimelineStep } from "../core/drawing.ts";
import { elapsedWords, utcSpan } from "./scale.ts";
import { Sheet, widthOfText } from "./svg.ts";
import type { Theme } from "./theme.ts";
import {
  barLetters,
  foldLabels,
  frame,
  layoutTimeline,
  outageLetters,
  type Bar,
  type TimelineLayout,
} from "./timeline-layout.ts";
import { longestPath } from "./timeline-path.ts";
import { longestOf } from "./timeline-words.ts";

const { width, edge, left, right } = frame;
const labels: Readonly<Record<TimelineStep["state"], string>> = {
  done: "done",
  failed: "failed",
  asked: "waiting for people",
  open: "not finished",
};

/** What a run did, as SVG: a lane for each node, a bar for each step. */
export function timelineSvg(drawing: TimelineDrawing, theme: Theme): string {
  const sheet = new Sheet();
  const { from, to, title } = drawing;
  const layout = layoutTimeline(drawing);
  const path = longestPath(drawing.steps);
  const onPath = new Set(path);
  sheet.text(edge, 46, title, { size: 24, weight: "bold", fill: theme.ink }, width - 2 * edge);
  const took = `took ${elapsedWords(to - from)}  ·  ${utcSpan(from, to)}`;
  sheet.text(edge, 74, took, { size: 15, fill: theme.faint }, width - 2 * edge);
  for (const { box } of layout.lanes) sheet.rect(box, { rx: 6, fill: theme.panel });
  drawOutages(sheet, layout, theme);
  drawAxis(sheet, drawing, layout, theme);
  for (const { name, box, bars } of layout.lanes) {
    sheet.text(
      left - 10,
      box.y + 19,
      name,
      { size: 15, weight: "bold", fill: theme.ink, anchor: "end" },
      left - edge - 16,
    );
    for (const bar of bars) drawBar(sheet, bar, onPath.has(bar.step), theme);
  }
  const bottom = drawLegend(sheet, drawing, layout.bottom + 46, theme);
  return sheet.svg(width, drawPath(sheet, path, bottom, theme), theme.page);
}

function drawAxis(sheet: Sheet, { from }: TimelineDrawing, { axis, top, bottom }: TimelineLayout, theme: Theme): void {
  for (const tick of axis.ticks) {
    const x = axis.x(from + tick);
    sheet.path(`M${x} ${top - 4}V${bottom}`, { stroke: theme.rule, "stroke-width": 1 });
    sheet.text(x, bottom + 18, elapsedWords(tick), { size: 14, fill: theme.faint, anchor: "middle" });
  }
  for (const fold of axis.folds) {
    const [x, end] = [axis.x(fold.from), axis.x(fold.to)];
    for (const at of [x + 4, end - 4]) {
      const zigzag = Array.from(
        { length: Math.ceil((bottom - top) / 8) },
        (_, step) => `l${step % 2 === 0 ? 6 : -6} 8`,
      ).join("");
      sheet.path(`M${at - 3} ${top - 4}${zigzag}`, { stroke: theme.faint, "stroke-width": 1.5 });
    }
    const words = elapsedWords(fold.to - fold.from);
    sheet.text((x + end) / 2, top - foldLabels, words, { size: 14, fill: theme.faint, anchor: "middle" }, end - x);
  }
}

function drawBar(sheet: Sheet, { step, box, label }: Bar, onPath: boolean, theme: Theme): void {
  const { fill, border, ground, dash } = looks(sheet, step.state, theme);
  const outline = { stroke: onPath ? theme.ink : border, "stroke-width": onPath ? 2.5 : 1, "stroke-dasharray": dash };
  sheet.rect(box, { rx: 3, fill, ...outline });
  if (label === null) return;
  const style = { size: barLetters, fill: theme.ink };
  sheet.boxed(label.box, label.words, style, label.isInside ? ground : theme.panel);
}

function looks(sheet: Sheet, state: TimelineStep["state"], { conditions, card, faint, bar }: Theme) {
  const { degraded, split, fine } = conditions;
  const solid = { dash: "none" };
  switch (state) {
    case "done":
      return { ...solid, fill: bar, border: fine.fill, ground: bar };
    case "open":
      return { fill: card, border: faint, ground: card, dash: "4 3" };
    case "asked":
      return {
        ...solid,
        fill: sheet.stripes(degraded.fill, degraded.tint),
        border: degraded.fill,
        ground: degraded.tint,
      };
    case "failed":
      return { ...solid, fill: sheet.stripes(split.fill, split.tint, true), border: split.fill, ground: split.tint };
  }
}

/** Bands over all lanes, with what they are above them. */
function drawOutages(sheet: Sheet, { outages, top }: TimelineLayout, theme: Theme): void {
  const { fill, tint } = theme.conditions.split;
  for (const { band } of outages) {
    sheet.rect(band, { fill: tint, stroke: fill, "stroke-width": 1.5, "stroke-dasharray": "5 3" });
  }
  for (const { band, words, x, y } of outages) {
    const middle = band.x + band.width / 2;
    sheet.path(`M${middle} ${y + 6}V${top - 4}`, { stroke: fill, "stroke-width": 1.5 });
    sheet.text(x, y, words, { size: outageLetters, weight: "bold", fill: theme.ink }, width - right - x);
  }
}

/** What the bars of this picture mean. Returns where it ends. */
function drawLegend(sheet: Sheet, { steps }: TimelineDrawing, y: number, theme: Theme): number {
  let x: number = edge;
  for (const state of ["done", "failed", "asked", "open"] as const) {
    if (!steps.some((step) => step.state === state)) continue;
    const { fill, border, dash } = looks(sheet, state, theme);
    const outline = { stroke: border, "stroke-width": 1.5, "stroke-dasharray": dash };
    sheet.rect({ x, y: y - 12, width: 26, height: 16 }, { rx: 3, fill, ...outline });
    sheet.text(x + 34, y + 1, labels[state], { size: 15, fill: theme.ink });
    x += 34 + widthOfText(labels[state], 15) + 22;
  }
  sheet.rect({ x, y: y - 12, width: 26, height: 16 }, { rx: 3, fill: "none", stroke: theme.ink, "stroke-width": 2.5 });
  sheet.text(x + 34, y + 1, "longest path", { size: 15, fill: theme.ink });
  return y + 36;
}

/** The longest steps of the longest path. Returns where the picture ends. */
function drawPath(sheet: Sheet, path: readonly TimelineStep[], top: number, theme: Theme): number {
  const longest = longestOf(path, 5);
  sheet.text(edge, top, "Longest steps of that path", { size: 15, weight: "bold", fill: theme.ink });
  for (const [at, step] of longest.entries()) {
    const y = top + 26 + at * 24;
    sheet.text(
      edge + 60,
      y,
      elapsedWords(step.to - step.from),
      { size: 15, weight: "bold", fill: theme.ink, anchor: "end" },
      60,
    );
    sheet.text(edge + 74, y, step.title, { size: 15, fill: theme.ink }, width - 2 * edge - 74);
  }
  return top + 26 + longest.length * 24;
}
