import type { Card } from "../../core/card.ts";
import { describeFailure, toFailure } from "../../core/errors.ts";
import type { Saying } from "../../core/mouth.ts";
import { discordMessage, discordSaying } from "./card.ts";
import type { Outgoing } from "./post.ts";

/** Nobody is called but whom we name. */
const nobody = { allowed_mentions: { parse: [] } };

export function cardMessage(card: Card, now: number): Outgoing {
  return { body: { ...discordMessage(card, { now }), ...nobody }, files: [] };
}
export function failureMessage(title: string, thrown: unknown): Outgoing {
  return wordsMessage(`${title}: ${describeFailure(toFailure(thrown))}`);
}
export const wordsMessage = (words: string): Outgoing => ({ body: { content: words, ...nobody }, files: [] });
export const sayingMessage = (saying: Saying, ids: readonly string[]): Outgoing => ({
  body: { ...discordSaying(saying, ids), allowed_mentions: { parse: [], users: ids } },
  files: [],
});
export const fileMessage = (text: string): Outgoing => ({
  body: { attachments: [{ id: "0", filename: "output.txt" }], ...nobody },
  files: [{ name: "output.txt", data: Buffer.from(text), contentType: "text/plain; charset=utf-8" }],
});
export const movedMessage = (title: string, url: string): Outgoing => wordsMessage(`${title} goes on at ${url}`);
export const lateMessage = (user: string, seconds: number, words: string): Outgoing => ({
  body: { content: `<@${user}> That came ${seconds} s late. ${words}`, allowed_mentions: { parse: [], users: [user] } },
  files: [],
});
