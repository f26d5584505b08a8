import { counted } from "../core/words.ts";
import type { Saying } from "../core/mouth.ts";
import { textFile, type ChatFile } from "./files.ts";
import { linesAndRest } from "./lines.ts";
import { harmless, oneLine, type Size } from "./text.ts";

/** Something said, in harmless lines that fit. */
export interface Said {
  readonly lines: readonly string[];
  /** The whole, where that is asked for. */
  readonly file: ChatFile | null;
}

/** Words what is said within some room; of a file only its end, the rest is in it. */
export function wordSaying({ text, tone }: Saying, most: number, size: Size): Said {
  const lines = text.trimEnd().split(/\r\n?|\n/);
  const isFile = tone === "file";
  const shown = linesAndRest(
    isFile ? lines.toReversed() : lines,
    (line) => ({ strong: "", plain: oneLine(line, Math.floor(most / 3)) }),
    { most: isFile ? most / 3 : most, size: ({ plain }) => size(plain) + 1 },
    (left) => `… ${counted(left, "line")} more ${isFile ? "above" : "below"}`,
  ).map(({ plain }) => plain);
  return { lines: isFile ? shown.toReversed() : shown, file: isFile ? textFile(harmless(text)) : null };
}
