/** Milliseconds a thing is remembered; Slack gives up after three attempts in some six minutes. */
const rememberedMs = 3600_000;
/** The most that is remembered: an hour of more than five a second. */
const most = 20_000;

/** Remembers what came, so that nothing is done twice that comes twice. `now` in milliseconds. */
export class Once {
  readonly #now: () => number;
  /** When it came, oldest first. */
  readonly #came = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether this is the first time that any of these came; all are remembered. */
  first(keys: readonly string[]): boolean {
    const now = this.#now();
    for (const [key, at] of this.#came) {
      if (now - at < rememberedMs && this.#came.size <= most) break;
      this.#came.delete(key);
    }
    const known = keys.some((key) => this.#came.has(key));
    for (const key of keys) if (!this.#came.has(key)) this.#came.set(key, now);
    return !known;
  }
}
