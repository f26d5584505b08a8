import type { KnownBlock } from "@slack/types";
import { wrongInMessage } from "../../fakes/slack/blocks/check.ts";
import { unseen } from "../hostile.ts";

/** All strings of a message that people see, whatever they are in. */
export function textsIn(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(textsIn);
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) =>
    (key === "text" || key === "alt_text") && typeof value === "string" ? [value] : textsIn(value),
  );
}

/** The types of all that a message is made of. */
function typesIn(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(typesIn);
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) =>
    key === "type" && typeof value === "string" ? [value] : typesIn(value),
  );
}

const harmlessTypes = new Set([
  ...["header", "context", "plain_text", "rich_text", "rich_text_section", "rich_text_quote", "rich_text_preformatted"],
  ...["text", "table", "raw_text", "image", "actions", "button"],
]);

/** What is wrong with blocks, by Slack's documentation and nothing else. */
export function faultsOf(blocks: readonly KnownBlock[], most = { blocks: 40, text: 10_000 }): string[] {
  const texts = textsIn(blocks);
  const tables = blocks.filter((block) => block.type === "table");
  const cells = tables.flatMap((table) => textsIn(table.rows));
  const buttons = blocks.flatMap((block) => (block.type === "actions" ? block.elements : []));
  const ids = buttons.map((button) => ("action_id" in button ? button.action_id : undefined) ?? "");
  const blockIds = blocks.map(({ block_id: id = "" }) => id);
  const fault = (isOne: boolean, words: string): string[] => (isOne ? [words] : []);
  return [
    ...wrongInMessage(blocks.slice(0, 50)),
    ...fault(blocks.length > most.blocks, `${blocks.length} blocks`),
    ...fault(new Set(blockIds).size !== blocks.length, "ids of blocks that are not unique"),
    ...fault(
      blockIds.some((id) => id.length < 1 || id.length > 255),
      "an id of a block that is too long",
    ),
    ...typesIn(blocks).flatMap((type) => fault(!harmlessTypes.has(type), `a ${type}`)),
    ...fault(Buffer.byteLength(texts.join("")) > most.text, `${Buffer.byteLength(texts.join(""))} bytes`),
    ...blocks.flatMap((block) =>
      fault(block.type !== "table" && textsIn(block).join("").length > 3000, `a ${block.type} of more than 3,000`),
    ),
    ...fault(
      blocks.some((block) => block.type === "header" && block.text.text.length > 150),
      "a header of more than 150",
    ),
    ...fault(
      blocks.some((block) => block.type === "context" && block.elements.length > 10),
      "more than 10 in a context",
    ),
    ...fault(tables.length > 1, "more than one table"),
    ...fault(
      tables.some(({ rows }) => rows.length > 100 || rows.some((row) => row.length < 1 || row.length > 20)),
      "a table that is too large",
    ),
    ...fault(cells.join("").length > 10_000, "a table with too much text"),
    ...fault(buttons.length > 25, "more than 25 buttons"),
    ...fault(
      buttons.some((button) => textsIn(button).join("").length > 75),
      "a button of more than 75",
    ),
    ...fault(new Set(ids).size !== ids.length || ids.some((id) => id.length < 1 || id.length > 255), "ids of buttons"),
    ...fault(
      texts.some((text) => text === ""),
      "an empty text",
    ),
    ...fault(
      texts.some((text) => unseen.test(text)),
      "something unseen",
    ),
    ...fault(!texts.every((text) => text.isWellFormed()), "half a character"),
  ];
}

/** What is wrong with text that Slack reads markup in: it rings for anything in angle brackets. */
export function faultsOfFallback(text: string): string[] {
  const isSound = text.length >= 1 && text.length <= 4000 && !/[<>]|&(?!amp;|lt;|gt;)/.test(text) && !unseen.test(text);
  return isSound ? [] : [text];
}
