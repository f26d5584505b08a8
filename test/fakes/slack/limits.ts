import type { Clock } from "./clock.ts";
import { limited } from "./refusal.ts";

/** Calls per minute, per method and workspace; `post` is one a second for each channel; null counts nothing. */
export type Tier = 1 | 2 | 3 | 4 | "post" | null;

/** docs.slack.dev/apis/web-api/rate-limits: "1+", "20+", "50+", "100+ per minute". */
const perMinute: Readonly<Record<1 | 2 | 3 | 4, number>> = { 1: 1, 2: 20, 3: 50, 4: 100 };

/** "Short bursts are allowed" for posting; Slack does not say how short. */
const postBurst = 3;

/** Counts calls in sliding windows, and posts in a bucket for each channel. */
export class RateLimits {
  readonly #clock: Clock;
  readonly #times = new Map<string, number[]>();
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws the 429 when it was one too many; one that is refused does not count. */
  take(method: string, tier: Tier, channel: string): void {
    if (tier === null) return;
    if (tier === "post") return this.#post(channel);
    const now = this.#clock.now();
    const recent = (this.#times.get(method) ?? []).filter((time) => time > now - 60_000);
    this.#times.set(method, recent);
    const [oldest] = recent;
    if (oldest !== undefined && recent.length >= perMinute[tier])
      throw limited(Math.max(1, Math.ceil((oldest + 60_000 - now) / 1000)));
    recent.push(now);
  }

  #post(channel: string): void {
    const now = this.#clock.now();
    const bucket = this.#buckets.get(channel) ?? { tokens: postBurst, at: now };
    bucket.tokens = Math.min(postBurst, bucket.tokens + (now - bucket.at) / 1000);
    bucket.at = now;
    this.#buckets.set(channel, bucket);
    if (bucket.tokens < 1) throw limited(Math.ceil(1 - bucket.tokens));
    bucket.tokens -= 1;
  }
}
