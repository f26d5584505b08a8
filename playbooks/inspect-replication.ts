import { z } from "zod";
import { nodesWith } from "../src/core/cluster.ts";
import { valueOf } from "../src/core/fact.ts";
import type { Json } from "../src/core/json.ts";
import { metrics, wordMetrics } from "../src/core/series.ts";
import { databaseState } from "../src/ops/facts/database.ts";
import { pairStatus } from "../src/ops/facts/pair.ts";
import {
  replicationFindings,
  replicationNews,
  replicationTable,
  sightOf,
  type ReplicationSight,
} from "../src/policy/replication-report.ts";
import { lagDrawing } from "../src/policy/lag-drawing.ts";
import { askNode } from "../src/look/ask.ts";
import { compareTables } from "./steps/compare-tables.ts";
import { inspection, ofCluster, type Asking, type Report } from "./steps/inspection.ts";

/** Says how both directions of replication are, and what is new since the last time somebody looked. */
export const inspectReplication = inspection({
  name: "inspect replication",
  title: "Ask both databases",
  input: ofCluster.extend({
    checksums: z.enum(["no", "yes"]).default("no").describe("yes compares the tables themselves, every row of them"),
  }),
  async look(asking, { checksums }) {
    const report = { ...(await replicationReport(asking)), ...(await lagOf(asking)) };
    if (checksums === "no") return report;
    const compared = await compareTables(asking);
    return { ...report, findings: [...report.findings, ...compared] };
  },
});

/** Milliseconds the picture of the lag goes back, and that lie between two points of it. */
const [shownMs, everyMs] = [6 * 3_600_000, 2 * 60_000];

/** How far both were behind lately, where the watch has seen it. */
async function lagOf({ services, cluster }: Asking): Promise<Pick<Report, "drawing">> {
  const { name } = cluster.blueprint;
  const to = services.clock.now();
  const from = to - shownMs;
  const lines = await services.series.read(name, metrics.lag, from, to, shownMs / everyMs);
  const words = (metric: string) => services.series.words(name, metric, from, to);
  const [running, writers] = [await words(wordMetrics.replication), await words(wordMetrics.holder("db"))];
  if (lines.length === 0 && running.length === 0) return {};
  return { drawing: lagDrawing({ cluster: name, from, to, every: everyMs }, { lines, running, writers }) };
}

const kind = "replication";

/** Both directions of replication; what was seen is kept for the next time. */
export async function replicationReport({ services, cluster, context }: Asking): Promise<Report> {
  const { name } = cluster.blueprint;
  const answers = await Promise.all(
    nodesWith(cluster, "db").map((node) => askNode(services, cluster, node, [databaseState, pairStatus], context)),
  );
  const looks = answers.map(({ node, told: [told], failure }) => ({
    node,
    told: failure === null ? told : ({ known: false, why: "it cannot be reached" } as const),
  }));
  const places = answers.flatMap(({ told: [, pair] }) => valueOf(pair)?.running["db_writer"] ?? []);
  const writers = [...new Set(places.map(({ node }) => node))];
  const writer = writers.length === 1 ? writers[0] : undefined;
  const last = await services.sights.last(name, kind);
  // Only this inspection writes it.
  const before = last?.facts as unknown as ReplicationSight | undefined;
  const now = sightOf(looks, writer, before);
  await services.sights.keep(name, kind, now as unknown as Json);
  return {
    findings: replicationFindings(cluster, looks, writer, before),
    table: replicationTable(looks, writer),
    diff: replicationNews(before, now, services.clock.now() - Date.parse(last?.at ?? "")),
  };
}
