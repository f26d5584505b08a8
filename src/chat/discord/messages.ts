import type { Card } from "../../core/card.ts";
import { describeFailure, toFailure } from "../../core/errors.ts";
import type { Saying } from "../../core/mouth.ts";
import { discordMessage, discordSaying } from "./card.ts";
import type { Outgoing } from "./post.ts";

/** Whom a message may call: nobody but these, whatever it says. Discord's own default would be everybody. */
const calls = (users: readonly string[]) => ({ allowed_mentions: { parse: [], users } });

/** A card. */
export function cardMessage(card: Card, now: number): Outgoing {
  return { body: { ...discordMessage(card, { now }), ...calls([]) }, files: [] };
}

/** What is left of a card that goes on elsewhere: its title, and the way there. */
export function movedMessage(card: Card, url: string, now: number): Outgoing {
  const verdict = "It goes on in a newer message.";
  const { flags, components } = discordMessage({ ...emptyCard, title: card.title, state: "waiting", verdict }, { now });
  const link = { type: 1, components: [{ type: 2, style: 5, label: "Go there", url }] };
  return { body: { flags, components: [...components, link], attachments: [], ...calls([]) }, files: [] };
}

/** Something that went wrong, in words. */
export function failureMessage(title: string, thrown: unknown, now: number): Outgoing {
  return cardMessage({ ...emptyCard, title, state: "failed", verdict: describeFailure(toFailure(thrown)) }, now);
}

/** Words of our own. */
export const wordsMessage = (words: string): Outgoing => ({ body: { content: words, ...calls([]) }, files: [] });

/** Words of our own, for somebody whom Discord takes no private answer for any more. */
export const lateMessage = (user: string, seconds: number, words: string): Outgoing => ({
  body: { content: `<@${user}> What you asked for came ${seconds} s late. ${words}`, ...calls([user]) },
  files: [],
});

/** Something said in words; `ids` are those it is for. */
export const sayingMessage = (saying: Saying, ids: readonly string[]): Outgoing => ({
  body: { ...discordSaying(saying, ids), ...calls(ids) },
  files: [],
});

/** Output, kept as a file. */
export const fileMessage = (text: string): Outgoing => ({
  body: { attachments: [{ id: "0", filename: "output.txt" }], ...calls([]) },
  files: [{ name: "output.txt", data: Buffer.from(text), contentType: "text/plain; charset=utf-8" }],
});

const emptyCard: Card = {
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
