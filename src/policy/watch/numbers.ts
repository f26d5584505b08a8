import { pairRoles } from "../../core/cluster.ts";
import { valueOf } from "../../core/fact.ts";
import { metrics, wordMetrics, type Sample, type Word } from "../../core/series.ts";
import { replicates } from "../../ops/facts/database.ts";
import { mostLag } from "../replication-report.ts";
import type { Seen } from "../truth/seen.ts";
import type { Concern, Judged } from "./concern.ts";
import { holderOf } from "./moves.ts";
import { lookCloser } from "./truth.ts";

/** The numbers of a look; what was not told has none. `took` is the milliseconds of each node's round trip, by name. */
export function samplesOf({ looks }: Seen, took: ReadonlyMap<string, number>): Sample[] {
  return looks.flatMap(({ node: { name: node }, failure, database, drbd, quorum }) => {
    const told: readonly (readonly [string, number | null | undefined])[] = [
      [metrics.lag, valueOf(database)?.source?.lag],
      [metrics.outOfSync, valueOf(drbd)?.outOfSyncKib],
      [metrics.votes, valueOf(quorum)?.votes],
      [metrics.roundTrip, failure === null ? took.get(node) : null],
    ];
    return told.flatMap(([metric, value]) => (value === null || value === undefined ? [] : [{ node, metric, value }]));
  });
}

/** Who does what, and which database replicates, as far as it is known. */
export function wordsOf(seen: Seen): Word[] {
  const holders = pairRoles.flatMap((role) => {
    const text = holderOf(seen, role);
    return text === undefined ? [] : [{ node: null, metric: wordMetrics.holder(role), text }];
  });
  const replication = seen.looks.flatMap(({ node, database }) => {
    const state = valueOf(database);
    if (state === undefined) return [];
    const text = state !== null && replicates(state) ? "runs" : "stopped";
    return [{ node: node.name, metric: wordMetrics.replication, text }];
  });
  return [...holders, ...replication];
}

/** Replication that goes on, but later than /inspect replication lets pass. */
export function judgeLag(seen: Seen): Judged {
  const concerns: Concern[] = [];
  const unknown: string[] = [];
  for (const { node, database } of seen.looks.filter((look) => look.node.role === "db")) {
    const key = `database lag ${node.name}`;
    const lag = valueOf(database)?.source?.lag;
    if (lag === undefined || lag === null) unknown.push(key);
    else if (lag > mostLag) {
      concerns.push({
        key,
        severity: "warning",
        title: `${node.name} lags behind`,
        text: "A failover now would have to wait for it, and readers there see old data.",
        facts: [["behind", `${lag} s`]],
        next: lookCloser(seen, key),
        // A single long transaction shows as lag until it is through.
        looks: 2,
      });
    }
  }
  return { concerns, unknown };
}
