const signs = new Set("\\`*_~|<>#+-.:@[]");

/**
 * Disarms all of Discord's Markdown, mentions, links, timestamps and emoji names in a text: any punctuation that has a
 * backslash before it is shown as it is. Character by character, so that pieces can be put together.
 */
export const disarm = (text: string): string =>
  text.replaceAll(/[!-/:-@[-`{-~]/g, (sign) => (signs.has(sign) ? `\\${sign}` : sign));

/** What a text takes once it is disarmed. */
export function disarmedSize(text: string): number {
  let size = text.length;
  for (const character of text) if (signs.has(character)) size += 1;
  return size;
}

/** A code block that its content cannot end; nothing for nothing, which Discord would not take for a block. */
export function codeBlock(lines: readonly string[], language: "diff" | "text"): string {
  const text = lines.join("\n").replaceAll(/`{3,}/g, (fence) => "ˋ".repeat(fence.length));
  return text.trim() === "" ? "" : `\`\`\`${language}\n${text}\n\`\`\``;
}
