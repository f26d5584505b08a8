const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * What a terminal would obey instead of showing: CSI, and what OSC, DCS, SOS, PM and APC say up to their end. Without an
 * end nothing is taken away, or an opened sequence would hide all that follows it.
 */
const sequences =
  // oxlint-disable-next-line no-control-regex -- these are control sequences
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u0090\u0098\u009c-\u009f]*(?:\u0007|\u001b\\|\u009c)/g;

// Within an emoji what joins its parts is no disguise: 👩‍🚒 is three characters, ❤️ two.
const glue =
  /(?<=\p{Extended_Pictographic}\p{Emoji_Modifier}?\ufe0f?)\u200d(?=\p{Extended_Pictographic})|(?<=\p{Extended_Pictographic})\ufe0f|(?<=[0-9#*])\ufe0f(?=\u20e3)/u;
const unseen = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u;
const gluedOrUnseen = new RegExp(`(${glue.source})|(?!\\n)${unseen.source}`, "gu");

// No script puts more on one letter; towers of accents cover the lines above, and take `normalize` quadratic time.
const tower = /(\p{M}{8})\p{M}+/gu;

/**
 * Text from outside as one can look at it: no control sequences, in one spelling (NFC), and whatever is invisible or
 * would turn the direction of writing as `\u202e`. Only line breaks stay what they are; a carriage return is one too, so
 * that nothing is written over. Takes time in proportion to the length.
 */
export function harmless(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(sequences, "")
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll("\t", "  ")
    .replaceAll(gluedOrUnseen, (found, glued?: string) => glued ?? escaped(found))
    .replaceAll(tower, "$1\ufffd")
    .normalize("NFC");
}

function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
}

/** How much room a text takes; never less than its UTF-16 units. */
export type Size = (text: string) => number;

/** Counts UTF-16 units, of which there are at least as many as of whatever else a platform may count. */
export const units: Size = (text) => text.length;

/** Cuts text that is too long, with an ellipsis and never inside of what a person sees as one character. */
export function clip(text: string, most: number, size: Size = units): string {
  if (text.length <= most && size(text) <= most) return text;
  let kept = "";
  let used = size("…");
  // A little more than can be kept, so that what stands at the edge is seen whole.
  for (const { segment } of segmenter.segment(text.slice(0, most + 100))) {
    used += size(segment);
    if (used > most) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Text from outside on one line, at most so long; of a text that is far too long only the beginning is looked at. */
export const oneLine = (text: string, most: number): string => cutLine(text, most).line;

/** The same, and whether it is not all. */
export function cutLine(
  text: string,
  most: number,
  size: Size = units,
): { readonly line: string; readonly isCut: boolean } {
  // Escapes make text longer, control sequences shorter; what is coloured through and through still gets its words.
  const looked = 4 * most + 200;
  const seen = harmless(text.slice(0, looked)).replaceAll("\n", " ").trimEnd();
  const line = clip(text.length > looked ? `${seen}…` : seen, most, size);
  return { line, isCut: text.length > looked || line !== seen };
}
