import { randomUUID } from "node:crypto";
import type { Clock } from "./clock.ts";
import { Refusal } from "./refusal.ts";

/** A modal may be opened for this long after the person did something (views.open). */
const triggerLives = 3000;
/** "Up to five times within 30 minutes" (docs.slack.dev/interactivity/handling-user-interaction). */
const responseUses = 5;
const responseLives = 30 * 60_000;

/** What a response_url belongs to. */
export interface ResponseTarget {
  readonly user: string;
  readonly channel: string;
  /** The message with the button; null for a slash command. */
  readonly messageTs: string | null;
  readonly threadTs: string | null;
}

/** Hands out `trigger_id`s and `response_url`s, and takes each no more often and no longer than Slack does. */
export class Links {
  readonly #clock: Clock;
  readonly #triggers = new Map<string, { readonly user: string; readonly until: number; used: boolean }>();
  readonly #responses = new Map<string, { readonly target: ResponseTarget; readonly until: number; left: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  trigger(user: string): string {
    const id = `${this.#triggers.size + 1}.1234567890.${randomUUID().replaceAll("-", "")}`;
    this.#triggers.set(id, { user, until: this.#clock.now() + triggerLives, used: false });
    return id;
  }

  /** Who may be shown a modal; each trigger works once. Throws Slack's three refusals. */
  exchange(id: string): string {
    const trigger = this.#triggers.get(id);
    if (trigger === undefined) throw new Refusal("invalid_trigger_id");
    if (trigger.used) throw new Refusal("exchanged_trigger_id");
    if (this.#clock.now() > trigger.until) throw new Refusal("expired_trigger_id");
    trigger.used = true;
    return trigger.user;
  }

  /** The path of a new response_url. */
  response(target: ResponseTarget): string {
    const id = randomUUID();
    this.#responses.set(id, { target, until: this.#clock.now() + responseLives, left: responseUses });
    return `/response/${id}`;
  }

  /** Uses it once; a text is why it cannot be used any more. */
  use(id: string): ResponseTarget | "used_url" | "expired_url" | "unknown_url" {
    const response = this.#responses.get(id);
    if (response === undefined) return "unknown_url";
    if (this.#clock.now() > response.until) return "expired_url";
    if (response.left === 0) return "used_url";
    response.left -= 1;
    return response.target;
  }
}
