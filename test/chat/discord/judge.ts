import { ComponentType, type APIComponentInContainer } from "discord-api-types/v10";
import type { DiscordMessage } from "../../../src/chat/discord/card.ts";
import { unseen } from "../hostile.ts";

/** What is wrong with a message, by Discord's documentation and nothing else. */
export function faultsOf({ components, flags, allowed_mentions }: DiscordMessage): string[] {
  const inside = components.flatMap((container) => container.components);
  const rows = inside.filter((each) => each.type === ComponentType.ActionRow);
  const buttons = rows.flatMap((row) => row.components);
  const texts = inside.flatMap(textOf);
  const items = inside.flatMap((each) => (each.type === ComponentType.MediaGallery ? each.items : []));
  const ids = buttons.flatMap((button) => ("custom_id" in button ? [button.custom_id] : []));
  const labels = buttons.flatMap((button) => ("label" in button ? [button.label ?? ""] : []));
  const shown = [...texts, ...labels, ...items.map(({ description }) => description ?? "x")];
  const fault = (isOne: boolean, words: string): string[] => (isOne ? [words] : []);
  return [
    ...fault(`${flags}` !== `${1 << 15}`, "the flags are not those of Components V2"),
    ...fault(JSON.stringify(allowed_mentions) !== '{"parse":[]}', "somebody may be mentioned"),
    ...fault(components.length + inside.length + buttons.length > 34, "more than 34 components"),
    ...fault(
      components.some((each) => each.components.length > 10),
      "more than 10 components in a container",
    ),
    ...fault(
      components.some((each) => each.components.length === 0),
      "an empty container",
    ),
    ...fault([...texts, ...labels].join("").length > 3600, "more than 3,600 characters"),
    ...fault(
      shown.some((each) => each.trim() === ""),
      "an empty text",
    ),
    ...fault(
      rows.some((row) => row.components.length < 1 || row.components.length > 5),
      "not 1 to 5 buttons",
    ),
    ...fault(
      labels.some((label) => label.length > 80),
      "a label of more than 80 characters",
    ),
    ...fault(ids.length !== buttons.length || new Set(ids).size !== ids.length, "ids that are not unique"),
    ...fault(
      ids.some((id) => id.length < 1 || id.length > 100),
      "an id that is too long",
    ),
    ...fault(
      items.some(({ description }) => (description ?? "").length > 1024),
      "a description that is too long",
    ),
    ...fault(
      items.some(({ media }) => media.url !== "attachment://picture.png"),
      "a lost file",
    ),
    ...fault(
      shown.some((each) => unseen.test(each)),
      "something unseen",
    ),
    ...fault(!shown.every((each) => each.isWellFormed()), "half a character"),
    ...texts.flatMap(markupIn).map((words) => `markup that was data: ${words}`),
  ];
}

export const textOf = (component: APIComponentInContainer): string[] =>
  component.type === ComponentType.TextDisplay ? [component.content] : [];

/** Text as a person reads it: without code fences, signs of ours and backslashes. */
export const read = (content: string): string =>
  isCode(content) ? content.slice(content.indexOf("\n") + 1, -4) : content.replaceAll(/\\([^A-Za-z0-9\s])/g, "$1");

export const isCode = (content: string): boolean => content.startsWith("```");

/** Markup in a text that is not one of the few forms that the renderer makes. */
export function markupIn(content: string): string[] {
  if (isCode(content)) return /^```(?:diff|text)\n(?:(?!```)[^])+\n```$/.test(content) ? [] : [content];
  return content.split("\n").flatMap((line) => {
    const data = line.replace(/^(?:## |-# )/, "").replace(/^\*\*((?:\\.|[^\\*])+)\*\*/, "$1");
    return /^(?:\\.|[^\\`*_~|<>#@:[\]])*$/u.test(data) && !/^\s*(?:[-+>]|\d+\.)\s/.test(data) ? [] : [line];
  });
}
