import { z } from "zod";
import type { Card } from "../../core/card.ts";
import type { Delivery, Mouth, Place, Saying } from "../../core/mouth.ts";
import type { DiscordClient } from "./client.ts";
import { codes, forOutbox, isRefusal } from "./failures.ts";
import { movedMessage, sayingMessage } from "./messages.ts";
import type { Pictures } from "./pictures.ts";
import { type Outgoing, postIn } from "./post.ts";
import { madeAt } from "./snowflake.ts";
import type { Threads } from "./threads.ts";

/**
 * Milliseconds after which a card goes on in a fresh message: those older than an hour can be changed three times in
 * six seconds per channel only, whatever their cards.
 */
const rollAfterMs = 55 * 60_000;

/** What a mouth speaks with. */
export interface MouthOptions {
  readonly client: DiscordClient;
  readonly threads: Threads;
  readonly pictures: Pictures;
  readonly guild: string;
  /** A person's id at Discord; `undefined` for somebody who has none. */
  readonly idOf: (name: string) => string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Does it some time, again and again until it is done or refused. */
  readonly later: (task: () => Promise<unknown>) => void;
}

const Message = z.object({ id: z.string() });

/** Speaks in channels of Discord: cards as messages of the bot, what is said about them in a thread below. */
export class DiscordMouth implements Mouth {
  readonly kind = "discord";
  readonly paceMs = 2000;
  readonly #options: MouthOptions;

  constructor(options: MouthOptions) {
    this.#options = options;
  }

  post(card: Card, delivery: Delivery): Promise<string> {
    return speak(() => this.#postCard(card, delivery));
  }

  update(messageId: string, card: Card, delivery: Delivery): Promise<string> {
    return speak(async () => {
      const age = this.#options.now() - madeAt(messageId);
      if (card.endedAt === null && age >= rollAfterMs) return this.#roll(messageId, card, delivery);
      try {
        await this.#edit(messageId, card, delivery);
        return messageId;
      } catch (error) {
        if (isRefusal(error, codes.oldMessageEdits)) return this.#roll(messageId, card, delivery);
        // Somebody has deleted it; a run must be seen.
        if (isRefusal(error, codes.unknownMessage)) return this.#postCard(card, delivery);
        throw error;
      }
    });
  }

  say(saying: Saying, messageId: string, delivery: Delivery): Promise<void> {
    return speak(async () => {
      const { tone, mentions } = saying;
      const ids = mentions.flatMap((name) => this.#options.idOf(name) ?? []);
      const message = sayingMessage(saying, ids);
      const isProgress = tone === "log";
      const channel = channelOf(delivery.place);
      const send = (to: string, more: object = {}) =>
        this.#create(to, { ...message, body: { ...message.body, ...more } }, delivery, isProgress);
      if (tone !== "result" && (await this.#options.threads.say(channel, messageId, delivery, send))) return;
      await send(channel, { message_reference: { message_id: messageId, fail_if_not_exists: false } });
    });
  }

  async #postCard(card: Card, delivery: Delivery): Promise<string> {
    const { pictures, threads, now } = this.#options;
    const message = await pictures.message(card, now(), null);
    const sent = await this.#create(channelOf(delivery.place), message, delivery, false);
    const { id } = Message.parse(sent);
    pictures.remember(id, card, sent);
    threads.entitle(id, card.title);
    return id;
  }

  async #edit(messageId: string, card: Card, { place, signal }: Delivery): Promise<void> {
    const { client, pictures, threads, now } = this.#options;
    const channel = channelOf(place);
    const { body, files } = await pictures.message(card, now(), messageId);
    const route = `/channels/${channel}/messages/${messageId}` as const;
    const isProgress = card.question === null && card.endedAt === null;
    const sent = await threads.unarchived(channel, signal, () =>
      client.send({ method: "PATCH", route, body, files, signal, isProgress }),
    );
    pictures.remember(messageId, card, sent);
    threads.entitle(messageId, card.title);
  }

  /** The old message, which may be beyond changing for now, comes to point to the new one. */
  async #roll(messageId: string, card: Card, delivery: Delivery): Promise<string> {
    const { client, threads, guild, later, now } = this.#options;
    const fresh = await this.#postCard(card, delivery);
    threads.move(messageId, fresh);
    const channel = channelOf(delivery.place);
    const { body } = movedMessage(card, `https://discord.com/channels/${guild}/${channel}/${fresh}`, now());
    later(() => client.send({ method: "PATCH", route: `/channels/${channel}/messages/${messageId}`, body }));
    return fresh;
  }

  #create(channel: string, message: Outgoing, { key, signal }: Delivery, isProgress: boolean): Promise<unknown> {
    return postIn(this.#options.client, channel, message, key, { signal, isProgress });
  }
}

const channelOf = (place: Place): string => place.slice(place.indexOf(":") + 1);

async function speak<T>(words: () => Promise<T>): Promise<T> {
  try {
    return await words();
  } catch (error) {
    throw forOutbox(error);
  }
}
