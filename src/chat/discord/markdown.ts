import type { Size } from "../text.ts";

/**
 * Disarms all of Discord's Markdown, mentions, links, timestamps and emoji names in a text: any punctuation that has a
 * backslash before it is shown as it is. Character by character, so that pieces can be put together.
 */
export const disarm = (text: string): string => text.replaceAll(/[\\`*_~|<>#+\-.:@[\]]/g, String.raw`\$&`);

/** What a text takes once it is disarmed. */
export const disarmedSize: Size = (text) => disarm(text).length;

/** A code block that its content cannot end; nothing for nothing, which Discord would not take for a block. */
export function codeBlock(lines: readonly string[], language: "diff" | "text"): string {
  const text = lines.join("\n").replaceAll(/`{3,}/g, (fence) => "ˋ".repeat(fence.length));
  return text.trim() === "" ? "" : `\`\`\`${language}\n${text}\n\`\`\``;
}
