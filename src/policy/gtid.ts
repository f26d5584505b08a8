/** Last sequence number of each domain and server: `1-1` -> 120. */
export type Positions = ReadonlyMap<string, bigint>;

/** Reads `1-1-120,2-2-7`, which was checked when it was read from the server. */
export function positions(text: string): Positions {
  return new Map(
    text.split(",").flatMap((gtid) => {
      const [, place, sequence] = /^(\d+-\d+)-(\d+)$/.exec(gtid) ?? [];
      return place === undefined || sequence === undefined ? [] : [[place, BigInt(sequence)] as const];
    }),
  );
}

/** Transactions in a row of one domain and server. */
export interface Stretch {
  /** `1-1`: domain and server. */
  readonly place: string;
  readonly from: bigint;
  readonly to: bigint;
}

/** What `a` has and `b` lacks, domain by domain. */
export function difference(a: Positions, b: Positions): Stretch[] {
  return [...a].flatMap(([place, to]) => {
    const had = b.get(place) ?? 0n;
    return had < to ? [{ place, from: had + 1n, to }] : [];
  });
}

/** What was first written by one server into its own domain. */
export const ownStretches = (all: readonly Stretch[], domain: number, server: number): Stretch[] =>
  all.filter(({ place }) => place === `${domain}-${server}`);

/** How many transactions. */
export const size = (stretches: readonly Stretch[]): bigint =>
  stretches.reduce((sum, { from, to }) => sum + to - from + 1n, 0n);

/** `1-1-118 to 1-1-120`. */
export const stretchWords = (stretches: readonly Stretch[]): string =>
  stretches
    .map(({ place, from, to }) => (from === to ? `${place}-${to}` : `${place}-${from} to ${place}-${to}`))
    .join(", ");
