import { z } from "zod";
import { nodesWith } from "../src/core/cluster.ts";
import { valueOf } from "../src/core/fact.ts";
import type { Json } from "../src/core/json.ts";
import { metrics, wordMetrics } from "../src/core/series.ts";
import { ago } from "../src/core/words.ts";
import { tableChecksums } from "../src/ops/facts/checksums.ts";
import { databaseState } from "../src/ops/facts/database.ts";
import { pairStatus } from "../src/ops/facts/pair.ts";
import type { Finding } from "../src/policy/finding.ts";
import {
  replicationFindings,
  replicationNews,
  replicationTable,
  sightOf,
  type ReplicationSight,
} from "../src/policy/replication-report.ts";
import { lagDrawing } from "../src/policy/lag-drawing.ts";
import { askNode } from "../src/look/ask.ts";
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

/** Milliseconds between two comparisons of all rows. */
const restMs = 10 * 60_000;

async function compareTables({ services, cluster, context }: Asking): Promise<Finding[]> {
  const { name, site } = cluster.blueprint;
  const last = await services.sights.last(name, "checksums");
  const age = services.clock.now() - Date.parse(last?.at ?? "1970-01-01");
  if (age < restMs) {
    return [
      { level: "note", says: `the tables were compared ${ago(age)}, and are not again before 10 minutes have passed` },
    ];
  }
  await services.sights.keep(name, "checksums", null);
  const time = { factSeconds: 240, deadlineMs: 270_000 };
  const answers = await Promise.all(
    nodesWith(cluster, "db").map((node) =>
      askNode(services, cluster, node, [tableChecksums(site.database.name)], context, time),
    ),
  );
  const [a, b] = answers;
  if (a === undefined || b === undefined) return [];
  const [mine, other] = [a.told[0], b.told[0]];
  if (!mine.known) return [{ level: "unknown", says: `${a.node.name}: ${mine.why}` }];
  if (!other.known) return [{ level: "unknown", says: `${b.node.name}: ${other.why}` }];
  const tables = [...new Set([...Object.keys(mine.value), ...Object.keys(other.value)])].toSorted();
  const different = tables.filter((table) => mine.value[table] !== other.value[table]);
  if (different.length === 0) return [{ level: "note", says: `${tables.length} tables have the same content on both` }];
  const says = `${different.join(", ")} differ between ${a.node.name} and ${b.node.name}, or were written to meanwhile`;
  return [{ level: "degraded", says }];
}
