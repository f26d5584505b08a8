import { ApiError } from "./errors.ts";

/** So many requests in so many seconds. */
export interface Limit {
  readonly count: number;
  readonly seconds: number;
}

/** Kinds of requests that are counted apart. */
export type LimitKind = "create" | "images" | "list" | "other";

/** Documented limits per token (techdocs.akamai.com, "Rate limits"). */
const documentedLimits: Readonly<Record<LimitKind, Limit>> = {
  create: { count: 20, seconds: 15 },
  images: { count: 20, seconds: 60 },
  list: { count: 200, seconds: 60 },
  other: { count: 1600, seconds: 60 },
};

interface Window {
  endsAt: number;
  used: number;
}

const tooMany = (headers: Record<string, string>): ApiError =>
  new ApiError(429, [{ reason: "Too many requests" }], headers);

/** The answer to everything while the lab plays an API that limits us. */
export function limitedFault(): ApiError {
  return tooMany({ "Retry-After": "1", "X-RateLimit-Remaining": "0" });
}

/** Counts requests per token and kind in fixed windows. */
export class RateLimiter {
  readonly #limits: Readonly<Record<LimitKind, Limit>>;
  readonly #windows = new Map<string, Window>();

  constructor(limits: Partial<Record<LimitKind, Limit>>) {
    this.#limits = { ...documentedLimits, ...limits };
  }

  /** Counts one request; returns the headers to answer with, or throws the 429. */
  take(token: string, kind: LimitKind): Record<string, string> {
    const limit = this.#limits[kind];
    const key = `${kind} ${token}`;
    const time = Date.now();
    let window = this.#windows.get(key);
    if (window === undefined || window.endsAt <= time) {
      window = { endsAt: time + limit.seconds * 1000, used: 0 };
      this.#windows.set(key, window);
    }
    window.used += 1;
    const headers = {
      "X-RateLimit-Limit": String(limit.count),
      "X-RateLimit-Remaining": String(Math.max(0, limit.count - window.used)),
      "X-RateLimit-Reset": String(Math.ceil(window.endsAt / 1000)),
    };
    if (window.used <= limit.count) return headers;
    const wait = Math.max(1, Math.ceil((window.endsAt - time) / 1000));
    throw tooMany({ ...headers, "Retry-After": String(wait) });
  }
}
