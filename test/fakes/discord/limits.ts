import { DiscordError, refusals } from "./errors.ts";

/** So many requests in so many milliseconds. */
export interface Limit {
  readonly count: number;
  readonly ms: number;
}

/** Requests that are counted apart; of each its limit, observed on the wire, because Discord documents none. */
const observedLimits = {
  create: { count: 5, ms: 5000 },
  edit: { count: 5, ms: 5000 },
  webhook: { count: 5, ms: 5000 },
  thread: { count: 10, ms: 10_000 },
  other: { count: 50, ms: 1000 },
} satisfies Record<string, Limit>;
export type BucketKind = keyof typeof observedLimits;

const globalLimit: Limit = { count: 50, ms: 1000 };
const oldEditLimit: Limit = { count: 3, ms: 6000 };
/** Above 10,000 refused requests in ten minutes Cloudflare shuts the address out. */
const invalidLimit: Limit = { count: 10_000, ms: 600_000 };

interface Window {
  endsAt: number;
  used: number;
}

/** The 429 that Discord sends; `scope` is `user` for a bucket, `global`, or `shared` for what others used up. */
export function tooManyRequests(retryAfterMs: number, scope: "user" | "global" | "shared"): DiscordError {
  const seconds = Math.ceil(retryAfterMs) / 1000;
  const global = scope === "global";
  return new DiscordError(
    429,
    0,
    "You are being rate limited.",
    { retry_after: seconds, global },
    {
      "Retry-After": String(Math.ceil(seconds)),
      "X-RateLimit-Scope": scope,
      ...(global ? { "X-RateLimit-Global": "true" } : {}),
    },
  );
}

/** Counts requests as Discord does, on the clock of the stand-in. */
export class RateLimits {
  readonly #now: () => number;
  readonly #limits: Readonly<Record<BucketKind, Limit>>;
  readonly #windows = new Map<string, Window>();
  readonly #invalid: number[] = [];

  constructor(now: () => number, limits: Partial<Record<BucketKind, Limit>>) {
    this.#now = now;
    this.#limits = { ...observedLimits, ...limits };
  }

  /** Counts one request for the whole bot; the callbacks of interactions do not count. */
  takeGlobal(): void {
    const { over, window } = this.#take("global", globalLimit);
    if (over) throw tooManyRequests(window.endsAt - this.#now(), "global");
  }

  /** Counts one request of a bucket and a channel, guild or webhook; returns the headers or throws the 429. */
  take(kind: BucketKind, major: string): Record<string, string> {
    const limit = this.#limits[kind];
    const { over, window } = this.#take(`${kind} ${major}`, limit);
    const left = Math.max(0, window.endsAt - this.#now());
    const headers = {
      "X-RateLimit-Limit": String(limit.count),
      "X-RateLimit-Remaining": String(Math.max(0, limit.count - window.used)),
      "X-RateLimit-Reset": (window.endsAt / 1000).toFixed(3),
      "X-RateLimit-Reset-After": (left / 1000).toFixed(3),
      "X-RateLimit-Bucket": Buffer.from(kind).toString("hex").padEnd(32, "0"),
    };
    if (!over) return headers;
    const error = tooManyRequests(left, "user");
    throw new DiscordError(429, 0, error.message, error.body, { ...headers, ...error.headers });
  }

  /** Counts one edit of a message that is older than an hour; throws the 30046. */
  takeOldEdit(channelId: string): void {
    const { over, window } = this.#take(`old ${channelId}`, oldEditLimit);
    if (over) throw refusals.oldEdits((window.endsAt - this.#now()) / 1000);
  }

  /** Refused requests of the last ten minutes: 401, 403 and 429, but not 429 of scope `shared`. */
  get invalid(): number {
    const since = this.#now() - invalidLimit.ms;
    return this.#invalid.filter((at) => at > since).length;
  }

  countAnswer(status: number, scope: string | null): void {
    if ([401, 403, 429].includes(status) && scope !== "shared") this.#invalid.push(this.#now());
  }

  /** Begins all windows anew. */
  reset(): void {
    this.#windows.clear();
  }

  /** Has the address been shut out? */
  get banned(): boolean {
    return this.#invalid.length > invalidLimit.count && this.invalid > invalidLimit.count;
  }

  #take(key: string, limit: Limit): { over: boolean; window: Window } {
    const now = this.#now();
    let window = this.#windows.get(key);
    if (window === undefined || window.endsAt <= now) {
      window = { endsAt: now + limit.ms, used: 0 };
      this.#windows.set(key, window);
    }
    window.used += 1;
    return { over: window.used > limit.count, window };
  }
}
