import { createHash } from "node:crypto";
import type { Card } from "../../core/card.ts";
import { WebAPIRateLimitedError, type WebClient } from "@slack/web-api";
import { MouthBusy, MouthUnfinished, type Delivery, type Mouth, type Saying } from "../../core/mouth.ts";

import { Budget } from "./budget.ts";
import { slackMessage, type SlackMessage } from "./card.ts";
import { slackSaying } from "./saying.ts";
import type { Log, Slack } from "./client.ts";
import { codeOf, failureOf } from "./failures.ts";
import { Pictures } from "./pictures.ts";
import { fileName, metadataOf, Said, type Spot } from "./said.ts";

/** What a mouth needs. */
export interface MouthOptions {
  readonly slack: Slack;
  /** Id of the Slack app, by which it knows its own messages. */
  readonly app: string;
  /** Slack's id of a person. */
  readonly idOf: (name: string) => string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Pick<Log, "warn">;
}

/** Slack takes 50 updates a minute of an app; progress takes 40 of them at most, in bursts of ten. */
const updateRate = { burst: 10, perMinute: 30 };
/** Slack takes a message a second in each channel, and short bursts. */
const postRate = { burst: 3, perMinute: 60 };
/** Milliseconds between two updates of one card. */
const paceMs = 2500;
/** Milliseconds Slack is given to look at a picture. */
const pictureMs = 2000;

/** A message that was deleted, is too old, or somebody else's: the card goes on in a new one. */
const unchangeable: ReadonlySet<string> = new Set(["message_not_found", "edit_window_closed", "cant_update_message"]);
/** There is nothing any more to say it below. */
const threadless: ReadonlySet<string> = new Set(["thread_not_found", "message_not_found", "cannot_reply_to_message"]);

/** Links are not looked up: what they lead to is nobody's business in the channel. */
const quiet = { unfurl_links: false, unfurl_media: false, mrkdwn: false };

/** Speaks in Slack's channels. */
export function slackMouth(options: MouthOptions): Mouth {
  const voice = new Voice(options);
  return {
    kind: "slack",
    paceMs,
    post: (card, delivery) => meant(voice.post(card, delivery, delivery)),
    update: (messageId, card, delivery) => meant(voice.update(messageId, card, delivery)),
    say: (saying, messageId, delivery) => meant(voice.say(saying, messageId, delivery)),
  };
}

/** Turns Slack's errors into what they mean for the outbox. */
async function meant<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw failureOf(error);
  }
}

/** One thing that is said for the first time. */
interface Post {
  readonly spot: Spot;
  readonly key: string;
  readonly urgent: boolean;
  readonly again: boolean;
  readonly send: (web: WebClient) => Promise<string>;
}

class Voice {
  readonly #options: MouthOptions;
  readonly #said: Said;
  readonly #pictures: Pictures;
  readonly #updates: Budget;
  readonly #posts = new Map<string, Budget>();

  constructor(options: MouthOptions) {
    const { slack, app, now, log } = options;
    this.#options = options;
    this.#said = new Said(slack, app, now);
    this.#pictures = new Pictures(slack, log);
    this.#updates = new Budget(updateRate, now);
  }

  post(card: Card, delivery: Delivery, { key, again }: Pick<Delivery, "key" | "again">): Promise<string> {
    const channel = channelOf(delivery);
    const spot = { channel, thread: null };
    return this.#show(card, delivery, (message) => {
      const send = async (web: WebClient) =>
        idOf(await web.chat.postMessage({ channel, ...message, ...quiet, metadata: metadataOf(key) }));
      return this.#post({ spot, key, urgent: isUrgent(card), again, send }, delivery);
    });
  }

  async update(ts: string, card: Card, delivery: Delivery): Promise<string> {
    const channel = channelOf(delivery);
    const urgent = isUrgent(card);
    take(this.#updates, urgent);
    try {
      return await this.#show(card, delivery, async (message) => {
        await this.#send(this.#updates, urgent, delivery, (web) => web.chat.update({ channel, ts, ...message }));
        return ts;
      });
    } catch (error) {
      if (!unchangeable.has(codeOf(error) ?? "")) throw error;
      // The same key for all that would replace this message.
      return this.post(card, delivery, { key: `instead-of:${ts}`, again: true });
    }
  }

  async say(saying: Saying, messageId: string, delivery: Delivery): Promise<void> {
    const channel = channelOf(delivery);
    const thread = saying.tone === "result" ? null : messageId;
    try {
      await this.#say(saying, { channel, thread }, delivery);
    } catch (error) {
      if (thread === null || !threadless.has(codeOf(error) ?? "")) throw error;
      await this.#say(saying, { channel, thread: null }, delivery);
    }
  }

  async #say(saying: Saying, spot: Spot, delivery: Delivery): Promise<void> {
    const { key, again } = delivery;
    const { channel, thread } = spot;
    const urgent = saying.tone !== "log";
    const ids = saying.mentions.flatMap((name) => this.#options.idOf(name) ?? []);
    const { files, ...message } = slackSaying(saying, ids);
    const below = thread === null ? {} : { thread_ts: thread };
    const send = async (web: WebClient) =>
      idOf(await web.chat.postMessage({ channel, ...below, ...message, ...quiet, metadata: metadataOf(key) }));
    const id = await this.#post({ spot, key, urgent, again, send }, delivery);
    for (const { name: title, data } of files) {
      const [under, fileKey] = [thread ?? id, `${key}:file`];
      const upload = async (web: WebClient) => {
        const place = { channel_id: channel, thread_ts: under };
        await web.filesUploadV2({ ...place, filename: fileName(fileKey), title, file: data });
        return fileKey;
      };
      const spot = { channel, thread: under };
      await this.#post({ spot, key: fileKey, urgent, again, send: upload }, delivery);
    }
  }

  async #post({ spot, key, urgent, again, send }: Post, delivery: Delivery): Promise<string> {
    const budget = this.#posts.get(spot.channel) ?? new Budget(postRate, this.#options.now);
    this.#posts.set(spot.channel, budget);
    take(budget, urgent);
    return this.#said.once(key, spot, again, () => this.#send(budget, urgent, delivery, send));
  }

  async #send<T>(
    budget: Budget,
    urgent: boolean,
    { signal }: Delivery,
    work: (web: WebClient) => Promise<T>,
  ): Promise<T> {
    try {
      return await unlessAborted(signal, this.#options.slack.call(urgent ? "urgent" : "lossy", work));
    } catch (error) {
      if (error instanceof WebAPIRateLimitedError) budget.stop(error.retryAfter * 1000);
      throw error;
    }
  }

  /**
   * Sends a card; `send` returns the id of its message. Its words wait for no picture: as long as that is on its way, the
   * card is sent without, and is to be sent again.
   */
  async #show(card: Card, { key }: Delivery, send: (message: SlackMessage) => Promise<string>): Promise<string> {
    const picture = card.picture === null ? null : this.#pictures.of(card.picture);
    const sent = (id: string | null) => {
      const revision = createHash("sha256").update(`${key} ${id}`).digest("hex").slice(0, 12);
      const shown = { now: this.#options.now(), revision };
      return send(slackMessage(card, id === null ? shown : { ...shown, pictureFileId: id }));
    };
    if (picture === null || picture.waits === 0) return sent(null);
    if (picture.id !== null) {
      try {
        return await sent(picture.id);
      } catch (error) {
        if (codeOf(error) !== "invalid_blocks") throw error;
      }
    }
    const messageId = await sent(null);
    // Meanwhile it may have turned out that it never comes.
    if (picture.waits === 0) return messageId;
    picture.waits -= 1;
    throw new MouthUnfinished(pictureMs, messageId);
  }
}

/** @throws MouthBusy when the budget is used up. */
function take(budget: Budget, urgent: boolean): void {
  const wait = budget.take(urgent);
  if (wait > 0) throw new MouthBusy(wait);
}

/** People wait for it, or should hear of it. */
const isUrgent = ({ question, endedAt }: Card): boolean => question !== null || endedAt !== null;

const channelOf = ({ place }: Delivery): string => place.slice("slack:".length);

function idOf({ ts }: { readonly ts?: string }): string {
  if (ts === undefined) throw new Error("Slack took a message and did not say which");
  return ts;
}

/** Gives up waiting; whether it was heard is then unknown. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(new Error("Slack did not answer in time", { cause: signal.reason }));
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", abort));
}
