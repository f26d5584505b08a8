import type { PairRole } from "./cluster.ts";

/** A number read from a node, or about a whole cluster. */
export interface Sample {
  readonly node: string | null;
  /** With its unit: `replication lag s`. */
  readonly metric: string;
  readonly value: number;
}

/** A word about a node or a whole cluster that is only kept when it changes: who the writer is. */
export interface Word {
  readonly node: string | null;
  readonly metric: string;
  readonly text: string;
}

/** What was seen in one stretch of time that begins at `at`, in milliseconds since 1970. */
export interface Point {
  readonly at: number;
  readonly low: number;
  readonly high: number;
  readonly average: number;
}

/** The numbers of one node over time, oldest first; where nothing was seen there is no point. */
export interface Line {
  readonly node: string | null;
  readonly points: readonly Point[];
}

/** Names of what the watch keeps over time. */
export const metrics = {
  lag: "replication lag s",
  outOfSync: "out of sync KiB",
  votes: "votes",
  roundTrip: "round trip ms",
} as const;

/** Names of words that the watch keeps. */
export const wordMetrics = {
  /** `holder db`: the node that does what only one of a pair does. */
  holder: (role: PairRole): string => `holder ${role}`,
  /** Of each database: `runs` or `stopped`. */
  replication: "replication",
} as const;

/** What was seen of clusters over the last 30 days. */
export interface Series {
  /** A line for each node, of at most so many points each. `from` and `to` in milliseconds since 1970. */
  read(cluster: string, metric: string, from: number, to: number, most: number): Promise<readonly Line[]>;
  /** Words and since when they hold; the one that held at `from` comes first, with the time it began. */
  words(
    cluster: string,
    metric: string,
    from: number,
    to: number,
  ): Promise<readonly (Word & { readonly at: number })[]>;
}
