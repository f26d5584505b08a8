import { createHmac, timingSafeEqual } from "node:crypto";
import type { Secret } from "../../core/secret.ts";

/** Seconds a request may be old, or ahead of this machine's clock. */
const windowSeconds = 300;
/** The most requests that are remembered at once; ten minutes of a hundred a second. */
const most = 60_000;

/** Tells Slack's own requests from others, and the first from its repetition by somebody who saw it. */
export class Signatures {
  readonly #secret: Secret<string>;
  readonly #now: () => number;
  /** Those that were used, with the milliseconds until they are too old anyway; oldest first. */
  readonly #used = new Map<string, number>();

  /** `now` in milliseconds since 1970. */
  constructor(secret: Secret<string>, now: () => number) {
    this.#secret = secret;
    this.#now = now;
  }

  /** What is wrong with a request; `undefined` for one of Slack's that was not used before. It is used then. */
  objection(headers: Headers, body: string): string | undefined {
    const stamp = headers.get("x-slack-request-timestamp") ?? "";
    const given = headers.get("x-slack-signature") ?? "";
    if (!/^\d{1,12}$/.test(stamp)) return "no timestamp";
    const now = this.#now();
    if (Math.abs(now / 1000 - Number(stamp)) > windowSeconds) return "a timestamp too far from this machine's clock";
    const mac = createHmac("sha256", this.#secret.reveal()).update(`v0:${stamp}:${body}`).digest("hex");
    const [own, theirs] = [Buffer.from(`v0=${mac}`), Buffer.from(given)];
    if (own.length !== theirs.length || !timingSafeEqual(own, theirs)) return "a wrong signature";
    for (const [signature, until] of this.#used) {
      if (until > now) break;
      this.#used.delete(signature);
    }
    if (this.#used.has(given)) return "a signature that was used before";
    // Forgetting one that could still be repeated would be worse than to take nothing for a moment.
    if (this.#used.size >= most) return "too many requests to remember";
    this.#used.set(given, now + 2 * windowSeconds * 1000);
    return undefined;
  }
}
