/** Requests under way at once: as many connections are kept open and used again, instead of one for each request. */
const width = 64;

/** Lets requests through a few at a time, and those first that somebody waits for within seconds. */
export class Turnstile {
  #free = width;
  readonly #first: (() => void)[] = [];
  readonly #then: (() => void)[] = [];

  async pass<T>(isFirst: boolean, work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => (isFirst ? this.#first : this.#then).push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#first.shift() ?? this.#then.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
