import { stripVTControlCharacters } from "node:util";

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Columns that text takes in a terminal; wide characters count twice, control sequences not at all. */
export function columns(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let count = 0;
  for (const { segment } of segmenter.segment(stripVTControlCharacters(text))) {
    count += /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/u.test(
      segment,
    )
      ? 2
      : 1;
  }
  return count;
}

/** Cuts text that is too long, with an ellipsis; control characters become spaces so that data cannot move the cursor. */
export function fit(text: string, width: number): string {
  const plain = stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, " ");
  if (columns(plain) <= width) return plain;
  let cut = "";
  let used = 0;
  for (const { segment } of segmenter.segment(plain)) {
    used += columns(segment);
    if (used > width - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** Fills up with spaces to a width. */
export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - columns(text)));
}
