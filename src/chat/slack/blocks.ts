import type {
  ActionsBlock,
  ContextBlock,
  HeaderBlock,
  PlainTextElement,
  RichTextBlock,
  RichTextElement,
  RichTextText,
} from "@slack/types";
import type { CardAction } from "../../core/action.ts";
import { buttonsOf } from "../buttons.ts";
import type { Line } from "../steps.ts";
import type { Size } from "../text.ts";

/** No block has more text than this; Slack takes 3,000 in one that is a section. */
const mostInBlock = 2800;

/** As Slack wants it wherever it reads markup of its own; nothing of ours is meant to be any. */
export const escapeMrkdwn = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** What text takes: Slack does not say what it counts over a whole message, so whatever is most. */
export const slackSize: Size = (text) => Buffer.byteLength(/[&<>]/.test(text) ? escapeMrkdwn(text) : text);

/** Text that is never read as markup; `emoji: false` keeps `:names:` what they are. */
export const plain = (text: string): PlainTextElement => ({ type: "plain_text", text, emoji: false });

export const header = (text: string): HeaderBlock => ({ type: "header", text: plain(text) });

export const context = (texts: readonly string[]): ContextBlock[] => {
  const told = texts.filter((text) => text !== "");
  return told.length === 0 ? [] : [{ type: "context", elements: told.map(plain) }];
};

/** Lines of prose, as blocks that are not too long; a quote has a bar beside it. */
export function proseBlocks(lines: readonly Line[], look: "section" | "quote" = "section"): RichTextBlock[] {
  const size = ({ strong, plain: rest }: Line) => strong.length + rest.length;
  const short = lines.flatMap((line) =>
    size(line) <= mostInBlock
      ? [line]
      : [...pieces(line.strong).map((strong) => ({ strong, plain: "" })), ...pieces(line.plain).map(unnamed)],
  );
  return chunks(short, size).map((chunk) => ({
    type: "rich_text",
    elements: [{ type: look === "quote" ? "rich_text_quote" : "rich_text_section", elements: proseElements(chunk) }],
  }));
}

/** Lines in letters of one width, as blocks that are not too long. */
export function codeBlocks(lines: readonly string[]): RichTextBlock[] {
  if (lines.join("").trim() === "") return [];
  return chunks(lines, (line) => line.length).map((chunk) => ({
    type: "rich_text",
    elements: [{ type: "rich_text_preformatted", elements: [textOf(chunk.join("\n") || " ")] }],
  }));
}

/** Buttons, if there are any. */
export function actionsBlocks(actions: readonly CardAction[]): ActionsBlock[] {
  const elements = buttonsOf(actions, { most: 25, mostId: 255, mostLabel: 75 }).map(({ id, label, style }) => ({
    type: "button" as const,
    action_id: id,
    text: plain(label),
    ...(style === "plain" ? {} : { style }),
  }));
  return elements.length === 0 ? [] : [{ type: "actions", elements }];
}

function proseElements(lines: readonly Line[]): RichTextElement[] {
  const elements = lines.flatMap(({ strong, plain: rest }, index): RichTextText[] => [
    { ...textOf(strong), style: { bold: true } },
    textOf(index === lines.length - 1 ? rest : `${rest}\n`),
  ]);
  return elements.filter(({ text }) => text !== "");
}

export const textOf = (text: string): RichTextText => ({ type: "text", text });

const unnamed = (text: string): Line => ({ strong: "", plain: text });

/** Text in pieces that are short enough for a block, never within a character. */
function pieces(text: string): string[] {
  if (text === "") return [];
  const end = /[\ud800-\udbff]$/.test(text.slice(0, mostInBlock)) ? mostInBlock - 1 : mostInBlock;
  return [text.slice(0, end), ...pieces(text.slice(end))];
}

/** Groups of lines none of which is too long for a block; no single line is. */
function chunks<T>(lines: readonly T[], size: (line: T) => number): T[][] {
  const groups: T[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    used += size(line) + 1;
    if (used > mostInBlock) {
      groups.push([]);
      used = size(line) + 1;
    }
    groups.at(-1)?.push(line);
  }
  return groups;
}
