/** As many things as are done at once for one person. */
const width = 4;

interface Lane {
  busy: number;
  readonly waiting: (() => void)[];
}

/**
 * Lets whoever asks for a lot wait for himself only: what is acknowledged is cheap and goes at once, what is done for it
 * goes a few at a time for each person, so that neither acknowledgements nor other people wait behind it.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();

  async run<T>(person: string, work: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(person) ?? { busy: 0, waiting: [] };
    this.#lanes.set(person, lane);
    if (lane.busy < width) lane.busy += 1;
    else await new Promise<void>((resolve) => lane.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = lane.waiting.shift();
      if (next !== undefined) next();
      else if ((lane.busy -= 1) === 0) this.#lanes.delete(person);
    }
  }
}
