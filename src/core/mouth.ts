import type { Caller } from "./caller.ts";
import type { Card } from "./card.ts";

/** Where something is said: `slack:C024BE91L`, `discord:323456789012345678`, `console`. */
export type Place = string;

/** The place somebody speaks from; `null` where runs are followed live anyway. */
export const placeOf = ({ via, channel }: Caller): Place | null => (channel === null ? null : `${via}:${channel}`);

/** The part of a place that says who serves it: `slack`. */
export const kindOf = (place: Place): string => place.split(":", 1)[0] ?? place;

/** One thing to be said, perhaps for the second time. */
export interface Delivery {
  readonly place: Place;
  /** The same whenever the same thing is said again, because nobody knows whether it was heard. */
  readonly key: string;
  /** It may have been said before: somebody began to, and did not come to note that it was heard. */
  readonly again: boolean;
  /** The run whose card it belongs to; `null` for a notice. */
  readonly runId: string | null;
  /** Who caused it and so knows already. */
  readonly actor: string | null;
  /** Aborted when another process may say it instead. */
  readonly signal: AbortSignal;
}

/** Something said in words. */
export interface Saying {
  readonly text: string;
  /**
   * `log` is detail for whoever looks closely and `news` what must not be missed, both below the card; `result` is one
   * line in the channel itself; `file` is output too long for a card, kept as a file below it.
   */
  readonly tone: "log" | "news" | "result" | "file";
  /** Names of the people it is for: the only ones whose phone may ring. */
  readonly mentions: readonly string[];
}

/** How a chat adapter speaks. What it throws is tried again, unless it is a `MouthError`. */
export interface Mouth {
  /** The kind of places it serves: `slack`. */
  readonly kind: string;
  /** Milliseconds between two updates of one card that only tell progress. */
  readonly paceMs: number;
  /** Posts a card; returns the id of the message. Given the key of a card it has posted, the id of that one. */
  post(card: Card, delivery: Delivery): Promise<string>;
  /** Shows the card's newest state; returns the id of its message, another one where the old could not be changed. */
  update(messageId: string, card: Card, delivery: Delivery): Promise<string>;
  /** Says something below the message of a card. */
  say(saying: Saying, messageId: string, delivery: Delivery): Promise<void>;
}

/** It cannot be said there, however often it is tried: the channel is gone, the message is refused. */
export class MouthError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MouthError";
  }
}

/** Not now: the platform's limits, or its word in a 429. It counts as no failure. */
export class MouthBusy extends Error {
  /** Milliseconds. */
  readonly afterMs: number;

  constructor(afterMs: number) {
    super(`chat takes no more for ${afterMs} ms`);
    this.name = "MouthBusy";
    this.afterMs = afterMs;
  }
}

/** All words are said, in this message; its picture is not there yet, so it is to be said again soon. */
export class MouthUnfinished extends MouthBusy {
  readonly messageId: string;

  constructor(afterMs: number, messageId: string) {
    super(afterMs);
    this.name = "MouthUnfinished";
    this.messageId = messageId;
  }
}
