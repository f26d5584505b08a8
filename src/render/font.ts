import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The shipped fonts: without one, text would vanish silently. */
const folder = join(dirname(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/package.json")), "ttf");
const files = {
  plain: join(folder, "DejaVuSansCondensed.ttf"),
  bold: join(folder, "DejaVuSansCondensed-Bold.ttf"),
} as const;

/** Of what is drawn, and of what a terminal shows. */
export const drawingFont = { family: "DejaVu Sans Condensed", files: Object.values(files) };
export const terminalFont = {
  family: "DejaVu Sans Mono",
  files: ["DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf"].map((name) => join(folder, name)),
};

export type Weight = keyof typeof files;

/** Pixels a text takes in the drawings' font of this size. Kerning is left out: it makes text narrower, if anything. */
export function widthOf(text: string, size: number, weight: Weight = "plain"): number {
  const { advances, unitsPerEm } = (metrics[weight] ??= readMetrics(readFileSync(files[weight])));
  let units = 0;
  for (const character of text) units += advances.get(character.codePointAt(0) ?? 0) ?? unitsPerEm;
  return (units * size) / unitsPerEm;
}

/** Read when first needed, and kept. */
const metrics: Partial<Record<Weight, Metrics>> = {};

interface Metrics {
  readonly unitsPerEm: number;
  /** By code point; those of the font's other planes are as wide as an em. */
  readonly advances: ReadonlyMap<number, number>;
}

/** Tables `head`, `hhea`, `hmtx` and `cmap` (format 4) of a TrueType font, as its specification lays them out. */
function readMetrics(font: Buffer): Metrics {
  const tables = new Map(
    Array.from({ length: font.readUInt16BE(4) }, (_, at) => {
      const entry = 12 + 16 * at;
      return [font.toString("latin1", entry, entry + 4), font.readUInt32BE(entry + 8)] as const;
    }),
  );
  const table = (name: string): number => {
    const at = tables.get(name);
    if (at === undefined) throw new TypeError(`the font has no table ${name}`);
    return at;
  };
  const unitsPerEm = font.readUInt16BE(table("head") + 18);
  const lastAdvance = font.readUInt16BE(table("hhea") + 34) - 1;
  const hmtx = table("hmtx");
  const advanceOf = (glyph: number) => font.readUInt16BE(hmtx + 4 * Math.min(glyph, lastAdvance));
  const glyphs = [...glyphsOf(font, table("cmap"))];
  return { unitsPerEm, advances: new Map(glyphs.map(([code, glyph]) => [code, advanceOf(glyph)])) };
}

function* glyphsOf(font: Buffer, cmap: number): Generator<readonly [code: number, glyph: number]> {
  const subtables = Array.from(
    { length: font.readUInt16BE(cmap + 2) },
    (_, at) => cmap + font.readUInt32BE(cmap + 8 + 8 * at),
  );
  const start = subtables.find((at) => font.readUInt16BE(at) === 4);
  if (start === undefined) throw new TypeError("the font has no cmap of format 4");
  const double = font.readUInt16BE(start + 6);
  const [ends, starts] = [start + 14, start + 16 + double];
  const [deltas, offsets] = [starts + double, starts + 2 * double];
  for (let at = 0; at < double; at += 2) {
    const [first, last] = [font.readUInt16BE(starts + at), font.readUInt16BE(ends + at)];
    const [delta, offset] = [font.readUInt16BE(deltas + at), font.readUInt16BE(offsets + at)];
    for (let code = first; code <= last && code < 0xffff; code += 1) {
      const listed = offset === 0 ? code : font.readUInt16BE(offsets + at + offset + 2 * (code - first));
      const glyph = offset === 0 || listed !== 0 ? (listed + delta) & 0xffff : 0;
      if (glyph !== 0) yield [code, glyph];
    }
  }
}
