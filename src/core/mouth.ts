import type { Caller } from "./caller.ts";
import type { Card } from "./card.ts";

/** Where something is said: `slack:C024BE91L`, `discord:323456789012345678`, `console`. */
export type Place = string;

/** What somebody wants to be told of without having asked: a run that failed or ended, a break-glass, the audit's head. */
export type Topic = "ended" | "failed" | "glass" | "audit";

/** The place somebody speaks from; `null` where runs are followed live anyway. */
export const placeOf = ({ via, channel }: Caller): Place | null => (channel === null ? null : `${via}:${channel}`);

/** The part of a place that says who serves it: `slack`. */
export const kindOf = (place: Place): string => place.split(":", 1)[0] ?? place;

/** One thing to be said, perhaps for the second time. */
export interface Delivery {
  readonly place: Place;
  /** The same whenever the same thing is said again, because nobody knows whether it was heard. */
  readonly key: string;
  /** The run it is about; `null` for what belongs to none. */
  readonly runId: string | null;
  /** Who caused it and so knows already. */
  readonly actor: string | null;
  /** Aborted when another process may say it instead. */
  readonly signal: AbortSignal;
}

/** How a chat adapter speaks. What it throws is tried again, unless it is a `MouthError`. */
export interface Mouth {
  /** The kind of places it serves: `slack`. */
  readonly kind: string;
  /** Posts a card; returns the id of the message. Given the key of a card it has posted, the id of that one. */
  post(card: Card, delivery: Delivery): Promise<string>;
  /** Shows the card's newest state in its message. */
  update(messageId: string, card: Card, delivery: Delivery): Promise<void>;
  /** Says one line: below the message of the run, or by itself (`null`). */
  say(line: string, messageId: string | null, delivery: Delivery): Promise<void>;
}

/** It cannot be said there, however often it is tried: the channel is gone, the message is refused. */
export class MouthError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MouthError";
  }
}
