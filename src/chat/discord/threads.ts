import { MouthBusy, type Delivery } from "../../core/mouth.ts";
import { shortId } from "../../core/left.ts";
import type { DiscordClient } from "./client.ts";
import { codes, isRefusal, Refused } from "./failures.ts";

/** Discord's limit for the name of a thread. */
const longestName = 100;
/** Minutes without a word after which Discord puts a thread away: a day. */
const archiveAfter = 1440;
/** Cards whose thread and title are remembered. */
const remembered = 1000;

/** The threads below cards: one for each run, begun when there is something to say in it. */
export class Threads {
  readonly #client: DiscordClient;
  readonly #titles = new Map<string, string>();
  readonly #threads = new Map<string, string>();

  constructor(client: DiscordClient) {
    this.#client = client;
  }

  /** The title of a card, for its thread. */
  entitle(messageId: string, title: string): void {
    remember(this.#titles, messageId, title);
  }

  /** A card goes on in another message; what is said about it goes on in the same thread. */
  move(from: string, to: string): void {
    const thread = this.#threads.get(from);
    if (thread !== undefined) remember(this.#threads, to, thread);
  }

  /**
   * Calls `send` with the thread of a card; returns `false` when there is none and none can be had: the message is
   * gone, is in a thread itself, or the bot lacks the permission.
   */
  async say(
    channel: string,
    messageId: string,
    delivery: Delivery,
    send: (thread: string) => Promise<unknown>,
  ): Promise<boolean> {
    try {
      const thread = this.#threads.get(messageId) ?? (await this.#start(channel, messageId, delivery));
      remember(this.#threads, messageId, thread);
      await this.unarchived(thread, delivery.signal, () => send(thread));
      return true;
    } catch (error) {
      if (!(error instanceof Refused) || error instanceof MouthBusy) throw error;
      this.#threads.delete(messageId);
      return false;
    }
  }

  /** Does it, a second time when the thread had been put away. */
  async unarchived<T>(thread: string, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (!isRefusal(error, codes.threadArchived)) throw error;
      await this.#client.send({ method: "PATCH", route: `/channels/${thread}`, body: { archived: false }, signal });
      return act();
    }
  }

  /** Returns the thread's id, which is that of its message. */
  async #start(channel: string, messageId: string, { runId, signal }: Delivery): Promise<string> {
    const title = this.#titles.get(messageId) ?? (runId === null ? "details" : `run ${shortId(runId)}`);
    const name = [...title].slice(0, longestName).join("");
    try {
      const body = { name, auto_archive_duration: archiveAfter };
      await this.#client.send({
        method: "POST",
        route: `/channels/${channel}/messages/${messageId}/threads`,
        body,
        signal,
      });
    } catch (error) {
      if (!isRefusal(error, codes.threadExists)) throw error;
    }
    return messageId;
  }
}

function remember(map: Map<string, string>, key: string, value: string): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > remembered && oldest !== undefined) map.delete(oldest);
}
