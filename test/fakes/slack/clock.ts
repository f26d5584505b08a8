/** Time as the stand-in sees it: windows, expiries and deadlines all follow it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Does something later, unless it is called off. */
  after(ms: number, act: () => void): () => void;
}

/** The computer's clock. Its timers keep no process alive. */
export const wallClock: Clock = {
  now: () => Date.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms).unref();
    return () => clearTimeout(timer);
  },
};

/** A clock that only a test moves. */
export class TestClock implements Clock {
  #now = Date.now();
  #due: { readonly at: number; readonly act: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, act: () => void): () => void {
    const entry = { at: this.#now + ms, act };
    this.#due.push(entry);
    return () => {
      this.#due = this.#due.filter((each) => each !== entry);
    };
  }

  /** Moves on; whatever comes due happens in order, each at its own moment. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = this.#due.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#due = this.#due.filter((each) => each !== next);
      this.#now = next.at;
      next.act();
    }
    this.#now = end;
  }
}
