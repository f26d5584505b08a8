import { MouthBusy } from "../../core/mouth.ts";

/** Requests of a bucket that progress leaves for what is urgent: Discord gives five per five seconds. */
const reserve = 2;
/** Discord bans an address for 10,000 answers 401, 403 or 429 within ten minutes; progress stops long before, then all. */
const invalid = { windowMs: 600_000, progress: 1000, all: 5000 };

/** What an answer says of the limits. */
export interface Answered {
  readonly status: number;
  /** A 429 that is about a single message: it says nothing of the bucket. */
  readonly isOldMessage: boolean;
  readonly header: (name: string) => string | null;
}

/**
 * What may still be sent. Discord tells the limits with every answer, and they are believed; nothing is assumed.
 * Times are milliseconds of a clock that only goes forward.
 */
export class Budget {
  readonly #now: () => number;
  readonly #buckets = new Map<string, { readonly left: number; readonly until: number }>();
  #globalUntil = 0;
  #invalid = { since: 0, count: 0 };

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @throws MouthBusy when it may not be sent now. */
  check(bucket: string, isProgress: boolean): void {
    const now = this.#now();
    if (now < this.#globalUntil) throw new MouthBusy(Math.ceil(this.#globalUntil - now));
    const { left, until } = this.#buckets.get(bucket) ?? { left: Infinity, until: 0 };
    if (now < until && left <= (isProgress ? reserve : 0)) throw new MouthBusy(Math.ceil(until - now));
    const over = this.#invalid.since + invalid.windowMs - now;
    if (over > 0 && this.#invalid.count >= (isProgress ? invalid.progress : invalid.all)) {
      throw new MouthBusy(Math.ceil(over));
    }
  }

  heard(bucket: string, { status, isOldMessage, header }: Answered): void {
    const now = this.#now();
    const scope = header("x-ratelimit-scope");
    if ([401, 403, 429].includes(status) && scope !== "shared") this.#count(now);
    if (isOldMessage) return;
    if (status === 429) {
      const until = now + 1000 * Number(header("retry-after") ?? 1);
      if (scope === "global" || header("x-ratelimit-global") !== null) this.#globalUntil = until;
      else this.#buckets.set(bucket, { left: 0, until });
      return;
    }
    const [left, seconds] = [header("x-ratelimit-remaining"), header("x-ratelimit-reset-after")];
    if (left === null || seconds === null) return;
    this.#sweep(now);
    this.#buckets.set(bucket, { left: Number(left), until: now + 1000 * Number(seconds) });
  }

  #count(now: number): void {
    if (now >= this.#invalid.since + invalid.windowMs) this.#invalid = { since: now, count: 0 };
    this.#invalid.count += 1;
  }

  #sweep(now: number): void {
    if (this.#buckets.size < 1000) return;
    for (const [bucket, { until }] of this.#buckets) if (until < now) this.#buckets.delete(bucket);
  }
}
