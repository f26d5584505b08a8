import { verdictOf } from "../src/policy/finding.ts";
import { pairsTruth } from "../src/policy/truth/rows.ts";
import { failureWords, fencingWords } from "../src/ops/facts/pair.ts";
import { valueOf } from "../src/core/fact.ts";
import { inspection, ofCluster, type Asking, type Report } from "./steps/inspection.ts";
import { lookAt } from "../src/look/look.ts";

/** Says how the three pairs are: members, quorum, where everything runs, what failed and who was fenced. */
export const inspectPacemaker = inspection({
  name: "inspect pacemaker",
  title: "Ask all pairs",
  input: ofCluster,
  look: pacemakerReport,
});

/** Members, quorum, places, failures and fencing of all pairs. */
export async function pacemakerReport({ services, cluster, context }: Asking): Promise<Report> {
  const seen = await lookAt(services, cluster, context);
  const rows = pairsTruth(seen);
  const views = seen.looks.flatMap(({ node, pair }) => {
    const status = valueOf(pair);
    return status === undefined ? [] : [{ node, status }];
  });
  const first = [...Map.groupBy(views, ({ node }) => node.role).values()].flatMap(([view]) => view ?? []);
  const lines = first.flatMap(({ node, status }) => [
    ...Object.entries(status.running).map(
      ([id, places]) =>
        `${node.role}: ${id} ${places.map((place) => `${place.role} on ${place.node}`).join(", ") || "runs nowhere"}`,
    ),
    ...status.failures.map((failure) => `${node.role}: ${failureWords(failure)}`),
    ...status.fenced.map((event) => `${node.role}: ${fencingWords(event)}`),
  ]);
  return {
    findings: rows.flatMap(({ findings }) => findings),
    table: {
      columns: ["what", "Pacemaker", "Corosync", "verdict"],
      rows: rows.map(({ what, pacemaker, node, findings }) => [what, pacemaker, node, verdictOf(findings)]),
    },
    lines,
  };
}
