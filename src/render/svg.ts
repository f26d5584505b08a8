import { drawingFont, widthOf, type Weight } from "./font.ts";

/** A rectangle; x and y of its upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How a text is set. */
export interface TextStyle {
  readonly size: number;
  readonly fill: string;
  readonly weight?: Weight;
  /** Where `x` is; at the start when left out. */
  readonly anchor?: "start" | "middle" | "end";
}

type Attributes = Readonly<Record<string, string | number>>;

/** An SVG that grows; everything said in it is data, and drawn as that. */
export class Sheet {
  readonly #parts: string[] = [];
  readonly #patterns = new Map<string, string>();

  element(name: string, attributes: Attributes): void {
    this.#parts.push(`<${name}${written(attributes)}/>`);
  }

  rect(box: Box, attributes: Attributes): void {
    this.element("rect", { ...box, ...attributes });
  }

  path(d: string, attributes: Attributes): void {
    this.element("path", { d, fill: "none", ...attributes });
  }

  /** One line of text; `y` is its baseline. What is too wide ends in an ellipsis. */
  text(x: number, y: number, text: string, { size, fill, weight = "plain", anchor = "start" }: TextStyle, most = 4000) {
    const said = clipTo(plain(text), most, size, weight);
    if (said.trim() === "") return;
    const bold = weight === "bold" ? { "font-weight": "bold" } : {};
    const attributes = { x, y, "font-size": size, fill, "text-anchor": anchor, ...bold };
    this.#parts.push(`<text${written(attributes)}>${escapeXml(said)}</text>`);
  }

  /** Text in the middle of a box that keeps lines and patterns away from it. */
  boxed(box: Box, text: string, style: TextStyle, ground: string): void {
    this.rect(box, { rx: 3, fill: ground });
    this.text(box.x + box.width / 2, box.y + box.height / 2 + style.size * 0.36, text, { ...style, anchor: "middle" });
  }

  /** Diagonal stripes, for people who do not see the colour; returns what to fill with. */
  stripes(color: string, ground: string, crossed = false): string {
    const id = `stripes${this.#patterns.size}`;
    const key = [color, ground, crossed].join(" ");
    const known = this.#patterns.get(key);
    if (known !== undefined) return `url(#${known})`;
    this.#patterns.set(key, id);
    const line = (d: string) => `<path${written({ d, stroke: color, "stroke-width": 2, fill: "none" })}/>`;
    this.#parts.push(
      `<defs><pattern${written({ id, width: 8, height: 8, patternUnits: "userSpaceOnUse" })}>` +
        `<rect${written({ width: 8, height: 8, fill: ground })}/>${line("M-2 2L2 -2M0 8L8 0M6 10L10 6")}` +
        `${crossed ? line("M6 -2L10 2M0 0L8 8M-2 6L2 10") : ""}</pattern></defs>`,
    );
    return `url(#${id})`;
  }

  /** The whole, on its own ground. */
  svg(width: number, height: number, ground: string): string {
    const [w, h] = [Math.ceil(width), Math.ceil(height)];
    const size = { width: w, height: h, viewBox: `0 0 ${w} ${h}`, "font-family": drawingFont.family };
    const page = { x: 0, y: 0, width: w, height: h, fill: ground };
    return [
      `<svg xmlns="http://www.w3.org/2000/svg"${written(size)}>`,
      `<rect${written(page)}/>`,
      ...this.#parts,
      "</svg>",
    ].join("\n");
  }
}

/** Text from outside as XML can hold it: what is no character, is invisible or turns the writing becomes `\ufffd`. */
function plain(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replaceAll(/[\p{Cf}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}]/gu, "\ufffd")
    .replaceAll(/(\p{M}{3})\p{M}+/gu, "$1");
}

/** Text for an element or an attribute. */
export const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Pixels a text from outside takes. */
export const widthOfText = (text: string, size: number, weight: Weight = "plain"): number =>
  widthOf(plain(text), size, weight);

/** Cuts text that is wider than so many pixels. */
function clipTo(text: string, most: number, size: number, weight: Weight = "plain"): string {
  if (text.length < 2000 && widthOf(text, size, weight) <= most) return text;
  const room = most - widthOf("…", size, weight);
  let [kept, used] = ["", 0];
  for (const character of text) {
    used += widthOf(character, size, weight);
    if (used > room) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

/** Cuts text that is longer than so many UTF-16 units, between two words and never inside of a character. */
export function clipWords(text: string, most: number): string {
  const said = plain(text).replaceAll(/\s+/gu, " ").trim();
  if (said.length <= most) return said;
  const kept = said
    .slice(0, most - 1)
    .toWellFormed()
    .replace(/\ufffd$/, "");
  return `${kept.replace(/\s+\S{0,40}$/, "")}…`;
}

/** Breaks text at spaces into lines of so many pixels, at most so many of them. */
export function wrapTo(text: string, most: number, size: number, lines: number): string[] {
  const words = plain(text)
    .split(" ")
    .filter((word) => word !== "");
  const found: string[] = [];
  let line = "";
  for (const [at, word] of words.entries()) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer, size) <= most) line = longer;
    else if (line === "") line = clipTo(word, most, size);
    else if (found.length === lines - 1) return [...found, clipTo([line, ...words.slice(at)].join(" "), most, size)];
    else {
      found.push(line);
      line = clipTo(word, most, size);
    }
  }
  return line === "" ? found : [...found, line];
}

const round = (value: number): number => Math.round(value * 100) / 100;

const written = (attributes: Attributes): string =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${typeof value === "number" ? round(value) : escapeXml(value)}"`)
    .join("");
