import { ButtonStyle, ComponentType } from "discord-api-types/v10";
import type { Card } from "../../core/card.ts";
import { describeFailure, toFailure } from "../../core/errors.ts";
import type { Saying } from "../../core/mouth.ts";
import { type ChatFile, textFile } from "../files.ts";
import { discordMessage } from "./card.ts";
import type { Outgoing } from "./post.ts";
import { discordSaying } from "./saying.ts";

/** Characters from which on a text is a file as well. */
const longText = 2500;

/** A card; with its picture, where that comes along. */
export const cardMessage = (card: Card, now: number, picture: ChatFile | null = null): Outgoing =>
  outgoing({
    ...discordMessage(card, { now, hasPicture: picture !== null }),
    files: picture === null ? [] : [picture],
  });

/** A card whose picture hangs on its message already, as this attachment. */
export const keptMessage = (card: Card, now: number, attachment: string): Outgoing => ({
  body: { ...discordMessage(card, { now, hasPicture: true }), attachments: [{ id: attachment }] },
  files: [],
});

/** An answer at once, with a file of what has no room on its card: whoever asked for a whole plan gets it whole. */
export function answerMessage(card: Card, now: number): Outgoing {
  const body = discordMessage(card, { now });
  const long = [card.text ?? "", card.diff.join("\n")].filter((text) => text.length > longText);
  if (long.length === 0) return cardMessage(card, now);
  const file = textFile(long.join("\n\n"));
  const shown = { type: ComponentType.File, file: { url: `attachment://${file.name}` } };
  const whole = { ...body, components: [...body.components, shown], files: [file] };
  return outgoing(whole);
}

/** Something said in words, or output as a file; `ids` are the people it is for. */
export const sayingMessage = (saying: Saying, ids: readonly string[]): Outgoing => outgoing(discordSaying(saying, ids));

/** What is left of a card that goes on elsewhere: its title, and the way there. */
export function movedMessage(card: Card, url: string, now: number): Outgoing {
  const verdict = "It goes on in a newer message.";
  const { body, files } = cardMessage({ ...nothing, title: card.title, state: "waiting", verdict }, now);
  const link = {
    type: ComponentType.ActionRow,
    components: [{ type: ComponentType.Button, style: ButtonStyle.Link, label: "Go there", url }],
  };
  return { body: { ...body, components: [body["components"], link].flat() }, files };
}

/** Something that went wrong, in words. */
export const failureMessage = (title: string, thrown: unknown, now: number): Outgoing =>
  cardMessage({ ...nothing, title, state: "failed", verdict: describeFailure(toFailure(thrown)) }, now);

/** Words of our own. */
export const wordsMessage = (words: string): Outgoing => plain(words, []);

/** Words of our own, for somebody whom Discord takes no private answer for any more. */
export const lateMessage = (user: string, seconds: number, words: string): Outgoing =>
  plain(`<@${user}> What you asked for came ${seconds} s late. ${words}`, [user]);

/** Discord's own default would be to call everybody whom the text names. */
const plain = (content: string, users: readonly string[]): Outgoing => ({
  body: { content, allowed_mentions: { parse: [], users } },
  files: [],
});

/** All attachments are listed: those an edit does not list go away. */
const outgoing = ({ files, ...body }: object & { readonly files: readonly ChatFile[] }): Outgoing => ({
  body: { ...body, attachments: files.map(({ name: filename }, at) => ({ id: String(at), filename })) },
  files,
});

const nothing: Card = {
  title: "",
  state: "done",
  verdict: "",
  facts: [],
  checklist: [],
  question: null,
  table: null,
  text: null,
  diff: [],
  picture: null,
  actions: [],
  startedAt: null,
  endedAt: null,
};
