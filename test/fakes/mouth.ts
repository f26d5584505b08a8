import type { Card } from "../../src/core/card.ts";
import { MouthError, type Delivery, type Mouth, type Saying } from "../../src/core/mouth.ts";

/** A message in a chat that a test looks at. */
export interface FakeMessage {
  readonly id: string;
  readonly place: string;
  readonly runId: string | null;
  /** Every state it has shown, oldest first. */
  readonly cards: Card[];
  /** What was said because of it, but for the log. */
  readonly lines: string[];
  /** Detail, line by line. */
  readonly log: string[];
  /** Names of those whose phone rang, in order. */
  readonly mentions: string[];
}

/** What the chat does with the next calls; `lost` takes what is said and then fails. */
type Mood = "well" | "down" | "lost" | "refusing" | "silent";

/**
 * A strict chat, `fake:…`: it takes nothing twice, nothing for a message it does not have, no older state after a newer
 * one, and one thing at a time for each card. What it was given wrongly is in `wrongs`.
 */
export class FakeMouth implements Mouth {
  readonly kind = "fake";
  paceMs = 0;
  readonly messages: FakeMessage[] = [];
  /** The key of every call that was accepted, with its repetitions. */
  readonly keys: string[] = [];
  readonly wrongs: string[] = [];
  /** Calls that were not accepted. */
  refused = 0;
  mood: Mood = "well";
  readonly #byKey = new Map<string, FakeMessage>();
  readonly #busy = new Set<string>();
  #waiting: { readonly met: () => boolean; readonly resolve: () => void }[] = [];

  /** Resolves once it is so. */
  until(met: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ met, resolve });
    this.#look();
    return promise;
  }

  post(card: Card, delivery: Delivery): Promise<string> {
    return this.#take(delivery, () => {
      const before = this.#byKey.get(delivery.key);
      if (before !== undefined) return before.id;
      const { place, runId } = delivery;
      const message = {
        id: `m${this.messages.length + 1}`,
        place,
        runId,
        cards: [card],
        lines: [],
        log: [],
        mentions: [],
      };
      this.messages.push(message);
      this.#byKey.set(delivery.key, message);
      return message.id;
    });
  }

  update(messageId: string, card: Card, delivery: Delivery): Promise<string> {
    return this.#take(delivery, () => {
      const message = this.#find(messageId, delivery);
      const last = message.cards.at(-1);
      if (last !== undefined && progress(card) < progress(last)) this.wrongs.push(`${delivery.key} is older`);
      message.cards.push(card);
      return message.id;
    });
  }

  say({ text: line, tone, mentions }: Saying, messageId: string, delivery: Delivery): Promise<void> {
    return this.#take(delivery, () => {
      if (this.keys.filter((key) => key === delivery.key).length > 1) return;
      const message = this.#find(messageId, delivery);
      if (tone === "log") message.log.push(...line.split("\n"));
      else message.lines.push(line);
      message.mentions.push(...mentions);
    });
  }

  #find(id: string, { place, runId, key }: Delivery): FakeMessage {
    const message = this.messages.find((each) => each.id === id && each.place === place && each.runId === runId);
    if (message !== undefined) return message;
    this.wrongs.push(`${key} is for a message that is not there`);
    throw new MouthError("there is no such message");
  }

  async #take<T>(delivery: Delivery, accept: () => T): Promise<T> {
    const { mood } = this;
    const card = `${delivery.place} ${delivery.runId ?? delivery.key}`;
    if (this.#busy.has(card)) this.wrongs.push(`${delivery.key} came while another was being taken`);
    if (mood === "down" || mood === "refusing") {
      this.refused += 1;
      this.#look();
      throw mood === "down" ? new Error("connect ECONNREFUSED") : new MouthError("channel_not_found");
    }
    this.#busy.add(card);
    this.keys.push(delivery.key);
    const taken = accept();
    // As slow as a network: whatever may overlap does.
    await new Promise(setImmediate);
    this.#busy.delete(card);
    this.#look();
    if (mood === "lost") throw new Error("socket hang up");
    if (mood === "silent") await new Promise((_resolve, reject) => delivery.signal.addEventListener("abort", reject));
    return taken;
  }

  #look(): void {
    for (const { met, resolve } of this.#waiting) if (met()) resolve();
    this.#waiting = this.#waiting.filter(({ met }) => !met());
  }
}

/** Grows with every step that begins or ends, and with the end. */
function progress({ checklist, endedAt }: Card): number {
  return checklist.length + checklist.filter((step) => step.endedAt !== null).length + (endedAt === null ? 0 : 1);
}
