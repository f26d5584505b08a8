import type { Condition } from "../core/drawing.ts";
import type { Sheet } from "./svg.ts";
import type { Theme } from "./theme.ts";

/** How the border of a box says the same as its sign. */
export const borders: Readonly<Record<Condition, Readonly<Record<string, string | number>>>> = {
  fine: { "stroke-width": 1.5 },
  degraded: { "stroke-width": 3 },
  split: { "stroke-width": 3, "stroke-dasharray": "14 3" },
  unknown: { "stroke-width": 2, "stroke-dasharray": "3 4" },
  down: { "stroke-width": 3 },
};

/** The colour of such a border. */
export const borderColor = (condition: Condition, { conditions, faint, ink }: Theme): string =>
  condition === "unknown" ? faint : condition === "down" ? ink : conditions[condition].fill;

/** The sign of a condition around a point: a ticked disc, a triangle, a broken diamond, a question, a cross. */
export function drawSign(sheet: Sheet, condition: Condition, x: number, y: number, theme: Theme): void {
  const { fill, sign } = theme.conditions[condition];
  const edge = { stroke: theme.ink, "stroke-width": 1 };
  const line = { stroke: sign, "stroke-width": 2.5, "stroke-linecap": "round", "stroke-linejoin": "round" };
  switch (condition) {
    case "fine":
      sheet.element("circle", { cx: x, cy: y, r: 11, fill });
      return sheet.path(`M${x - 5} ${y}L${x - 1.5} ${y + 4}L${x + 5} ${y - 4}`, line);
    case "degraded":
      sheet.path(`M${x} ${y - 12}L${x + 13} ${y + 10}H${x - 13}Z`, { ...edge, fill, "stroke-linejoin": "round" });
      return sheet.path(`M${x} ${y - 4}V${y + 2}M${x} ${y + 6}V${y + 6.2}`, line);
    case "split":
      sheet.path(`M${x - 2} ${y - 12}L${x - 14} ${y}L${x - 2} ${y + 12}Z`, { ...edge, fill });
      return sheet.path(`M${x + 2} ${y - 12}L${x + 14} ${y}L${x + 2} ${y + 12}Z`, { ...edge, fill });
    case "unknown": {
      const square = { x: x - 11, y: y - 11, width: 22, height: 22 };
      sheet.rect(square, { rx: 4, fill, stroke: theme.faint, "stroke-width": 1.5, "stroke-dasharray": "3 2" });
      return sheet.text(x, y + 6, "?", { size: 17, weight: "bold", fill: sign, anchor: "middle" });
    }
    case "down":
      sheet.path(
        `M${x - 5} ${y - 11}H${x + 5}L${x + 11} ${y - 5}V${y + 5}L${x + 5} ${y + 11}H${x - 5}L${x - 11} ${y + 5}V${y - 5}Z`,
        { fill },
      );
      return sheet.path(`M${x - 4} ${y - 4}L${x + 4} ${y + 4}M${x + 4} ${y - 4}L${x - 4} ${y + 4}`, line);
  }
}

/** A line through points that ends in an arrow; also at its beginning where traffic goes both ways. */
export function drawArrow(
  sheet: Sheet,
  points: readonly (readonly [x: number, y: number])[],
  { color, dashed, both = false }: { readonly color: string; readonly dashed: boolean; readonly both?: boolean },
): void {
  const dash = dashed ? { "stroke-dasharray": "7 4" } : {};
  const d = points.map(([x, y], at) => `${at === 0 ? "M" : "L"}${x} ${y}`).join("");
  sheet.path(d, { stroke: color, "stroke-width": 2.5, "stroke-linejoin": "round", ...dash });
  drawHead(sheet, points.at(-2), points.at(-1), color);
  if (both) drawHead(sheet, points[1], points[0], color);
}

type Point = readonly [x: number, y: number] | undefined;

function drawHead(sheet: Sheet, from: Point, to: Point, color: string): void {
  if (from === undefined || to === undefined) return;
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  const [dx, dy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  const [bx, by] = [to[0] - dx * 11, to[1] - dy * 11];
  const d = `M${to[0]} ${to[1]}L${bx - dy * 6} ${by + dx * 6}L${bx + dy * 6} ${by - dx * 6}Z`;
  sheet.path(d, { fill: color });
}
