/** The first millisecond of 2015, from which Discord's ids count. */
const epoch = 1_420_070_400_000;

/** When an id was made, in milliseconds since 1970. */
export function snowflakeTime(id: string): number {
  return Number(BigInt(id) >> 22n) + epoch;
}

/** Makes ids as Discord does: the time in the upper bits, so that they sort; each is given once. */
export class Snowflakes {
  readonly #now: () => number;
  #last = 0n;

  constructor(now: () => number) {
    this.#now = now;
  }

  next(): string {
    const first = BigInt(Math.floor(this.#now()) - epoch) << 22n;
    this.#last = first > this.#last ? first : this.#last + 1n;
    return String(this.#last);
  }
}
