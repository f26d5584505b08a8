import { XMLValidator } from "fast-xml-parser";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Drawing } from "../../src/core/drawing.ts";
import { altOf, mostAlt, pngOf, svgOf } from "../../src/render/draw.ts";
import { themes, type ThemeName } from "../../src/render/theme.ts";
import { text, unseen } from "../chat/hostile.ts";
import { drawingWith } from "./hostile.ts";
import { contrast, inside, overlap, readPicture, type Shape } from "./picture.ts";
import { drawings, wide } from "./samples.ts";

const names = Object.keys(themes) as ThemeName[];
const each = Object.entries(drawings).flatMap(([name, drawing]) => names.map((theme) => ({ name, drawing, theme })));

/** What everybody expects of a picture. */
function faultsOf(drawing: Drawing, theme: ThemeName): string[] {
  const { width, height, shapes } = readPicture(svgOf(drawing, theme));
  const page: Shape = { kind: "rect", x: 0, y: 0, width, height, fill: "", text: "" };
  const texts = shapes.filter(({ kind }) => kind === "text");
  const grounds = texts.map((shape) => {
    const below = shapes.slice(0, shapes.indexOf(shape));
    const ground = below.findLast((one) => one.kind === "rect" && one.fill.startsWith("#") && overlap(one, shape));
    return {
      shape,
      ratio: contrast(shape.fill, ground?.fill ?? "#000000"),
      isWhole: ground !== undefined && inside(shape, ground),
    };
  });
  return [
    ...shapes.filter((shape) => !inside(shape, page)).map((shape) => `outside: ${shape.text || shape.kind}`),
    ...texts.filter((shape) => shape.text.endsWith("…")).map((shape) => `cut: ${shape.text}`),
    ...texts.flatMap((a, at) =>
      texts
        .slice(at + 1)
        .filter((b) => overlap(a, b))
        .map((b) => `“${a.text}” lies on “${b.text}”`),
    ),
    ...grounds
      .filter(({ ratio }) => ratio < 4.5)
      .map(({ shape, ratio }) => `contrast ${ratio.toFixed(1)}: ${shape.text}`),
    ...grounds.filter(({ isWhole }) => !isWhole).map(({ shape }) => `across an edge: ${shape.text}`),
  ];
}

it.each(each)("$name, $theme: all text is whole, readable and on nothing else", ({ drawing, theme }) => {
  expect(faultsOf(drawing, theme)).toEqual([]);
});

it.each([2, 3, 4, 5, 6, 7, 8, 20])("with %i web servers, each node has a box of its own and its text in it", (web) => {
  const drawing = wide(web);
  expect(faultsOf(drawing, "light")).toEqual([]);
  const { shapes } = readPicture(svgOf(drawing));
  const rects = shapes.filter(({ kind }) => kind === "rect");
  const crossing = rects.flatMap((a, at) =>
    rects.slice(at + 1).filter((b) => overlap(a, b) && !inside(a, b) && !inside(b, a)),
  );
  expect(crossing).toEqual([]);
  const boxes = drawing.nodes.map(({ name }) => {
    const label = shapes.find((shape) => shape.text === name);
    return rects.findLast((rect) => label !== undefined && inside(label, rect) && rect.fill !== "none");
  });
  expect(new Set(boxes).size).toBe(web + 7);
  expect(boxes).not.toContain(undefined);
});

it.each(names)("%s: lines and signs stand out from what they are on", (name) => {
  const theme = themes[name];
  const { conditions, page, panel } = theme;
  const lines = [theme.public, theme.vlan, ...theme.lines];
  // WCAG asks 3:1 of graphics; a sign that is paler than that has an outline in ink.
  for (const line of lines) for (const ground of [page, panel]) expect(contrast(line, ground)).toBeGreaterThan(3);
  for (const { fill, sign } of Object.values(conditions)) expect(contrast(sign, fill)).toBeGreaterThan(3);
});

describe("whoever wrote what is in it", () => {
  const hostile = drawingWith(text);

  it("a drawing is well-formed SVG, and its words fit", () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(...names), (drawing, theme) => {
        const svg = svgOf(drawing, theme);
        expect(XMLValidator.validate(svg)).toBe(true);
        expect(svg).not.toMatch(/<(script|image|a|style|foreignObject)\b/i);
        const alt = altOf(drawing);
        expect(alt.length).toBeLessThanOrEqual(mostAlt);
        expect(alt).not.toMatch(unseen);
        expect(alt.isWellFormed()).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("a drawing becomes a PNG", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (drawing) => {
        const png = await pngOf(svgOf(drawing));
        expect(png.subarray(1, 4).toString()).toBe("PNG");
      }),
      { numRuns: 15 },
    );
  });
});
