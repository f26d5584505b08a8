import { XMLParser } from "fast-xml-parser";
import { widthOf } from "../../src/render/font.ts";

/** A part of a picture: where it is and what fills it. */
export interface Shape {
  readonly kind: "rect" | "text";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fill: string;
  readonly text: string;
}

interface Picture {
  readonly width: number;
  readonly height: number;
  /** In the order in which they cover each other. */
  readonly shapes: readonly Shape[];
}

type Raw = Readonly<Record<string, unknown>> & { readonly ":@"?: Readonly<Record<string, string>> };

/** Reads an SVG as somebody sees it: boxes and lines of text with what they take. */
export function readPicture(svg: string): Picture {
  const parser = new XMLParser({
    ignoreAttributes: false,
    preserveOrder: true,
    attributeNamePrefix: "",
    trimValues: false,
  });
  const [root] = parser.parse(svg) as Raw[];
  const attributes = root?.[":@"] ?? {};
  const shapes = ((root?.["svg"] ?? []) as Raw[]).flatMap(shapeOf);
  return { width: Number(attributes["width"]), height: Number(attributes["height"]), shapes };
}

function shapeOf(raw: Raw): Shape[] {
  const attributes = raw[":@"] ?? {};
  const number = (name: string) => Number(attributes[name]);
  const fill = attributes["fill"] ?? "";
  if ("rect" in raw) {
    return [
      {
        kind: "rect",
        x: number("x"),
        y: number("y"),
        width: number("width"),
        height: number("height"),
        fill,
        text: "",
      },
    ];
  }
  if (!("text" in raw)) return [];
  const text = (raw["text"] as Raw[]).map((part) => String(part["#text"])).join("");
  const size = number("font-size");
  const width = widthOf(text, size, attributes["font-weight"] === "bold" ? "bold" : "plain");
  const shift = { start: 0, middle: width / 2, end: width }[attributes["text-anchor"] ?? "start"] ?? 0;
  // Capitals and figures of DejaVu are 0.73 em high, what hangs below the line is 0.24 em.
  return [
    { kind: "text", x: number("x") - shift, y: number("y") - size * 0.73, width, height: size * 0.97, fill, text },
  ];
}

/** How much two shapes share, in pixels across and down; none where one of them is not positive. */
export const overlap = (a: Shape, b: Shape): boolean =>
  Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x) > 0.5 &&
  Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y) > 0.5;

/** Whether the first lies in the second, with both edges. */
export const inside = (a: Shape, b: Shape): boolean =>
  a.x >= b.x - 0.5 &&
  a.y >= b.y - 0.5 &&
  a.x + a.width <= b.x + b.width + 0.5 &&
  a.y + a.height <= b.y + b.height + 0.5;

/** Contrast of two colours (`#rrggbb`) by WCAG 2: 1 to 21. */
export function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
