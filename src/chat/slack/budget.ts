/** How much may be said at once, and how fast more may be. */
interface Rate {
  readonly burst: number;
  readonly perMinute: number;
}

/**
 * What may be said without being told to stop. Whatever is urgent is said in any case and counted: progress makes room
 * for it, never the other way round. After a word from the platform nothing is said before its time, and then what is
 * urgent first.
 */
export class Budget {
  readonly #rate: Rate;
  readonly #now: () => number;
  #left: number;
  #countedAt: number;
  #stoppedUntil = 0;

  /** `now` in milliseconds. */
  constructor(rate: Rate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
    this.#left = rate.burst;
    this.#countedAt = now();
  }

  /** Takes one; returns 0, or in how many milliseconds to ask again. */
  take(urgent: boolean): number {
    const now = this.#now();
    if (now < this.#stoppedUntil) return this.#stoppedUntil - now;
    const perMs = this.#rate.perMinute / 60_000;
    // Within two minutes even the most urgent is paid off, so that a clock set back or a storm stops nothing for good.
    const owed = Math.max(this.#left, -2 * this.#rate.perMinute);
    this.#left = Math.min(this.#rate.burst, owed + Math.max(0, now - this.#countedAt) * perMs);
    this.#countedAt = now;
    if (!urgent && this.#left < 1) return Math.ceil((1 - this.#left) / perMs);
    this.#left -= 1;
    return 0;
  }

  /** The platform has said to be silent for so long. */
  stop(milliseconds: number): void {
    this.#stoppedUntil = Math.max(this.#stoppedUntil, this.#now() + milliseconds);
    this.#left = Math.min(this.#left, 0);
    this.#countedAt = this.#stoppedUntil;
  }
}
