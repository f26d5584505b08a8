import { nodesWith } from "../src/core/cluster.ts";
import { valueOf } from "../src/core/fact.ts";
import { drbdState } from "../src/ops/facts/drbd.ts";
import { pairStatus } from "../src/ops/facts/pair.ts";
import { drbdFindings, drbdTable } from "../src/policy/drbd-report.ts";
import { askNode } from "../src/look/ask.ts";
import { inspection, ofCluster, type Asking, type Report } from "./steps/inspection.ts";

/** Says how the replicated disk is on both storage nodes. */
export const inspectDrbd = inspection({
  name: "inspect drbd",
  title: "Ask both storage nodes",
  input: ofCluster,
  look: drbdReport,
});

/** Connection, roles and disks by both nodes. */
export async function drbdReport({ services, cluster, context }: Asking): Promise<Report> {
  const answers = await Promise.all(
    nodesWith(cluster, "nfs").map((node) => askNode(services, cluster, node, [drbdState, pairStatus], context)),
  );
  const looks = answers.map(({ node, told: [told], failure }) => ({ node, told, failure }));
  const places = answers.flatMap(({ told: [, pair] }) => valueOf(pair)?.running["drbd"] ?? []);
  const promoted = [...new Set(places.flatMap(({ node, role }) => (role === "Promoted" ? [node] : [])))];
  return { findings: drbdFindings(looks, promoted), table: drbdTable(looks) };
}
