import type { Node } from "../src/core/cluster.ts";
import { filterState } from "../src/ops/facts/filter.ts";
import { filterReport, type FilterReport } from "../src/policy/filter-report.ts";
import { firewallRules } from "../src/policy/firewall.ts";
import { askNode, thorough } from "./steps/ask.ts";
import { inspection, NodeName, nodeNamed, ofCluster, type Asking, type Report } from "./steps/inspection.ts";

/** Says how the rules of nodes differ from the declared ones, running and at boot, and what each difference means. */
export const inspectIptables = inspection({
  name: "inspect iptables",
  title: "Compare the rules of the nodes with the flow matrix",
  input: ofCluster.extend({ node: NodeName.optional() }),
  look: (asking, { node }) =>
    inspectFirewall(asking, node === undefined ? asking.cluster.nodes : [nodeNamed(asking.cluster, node)]),
});

/** Holds the rules of these nodes against the declared ones. */
export async function inspectFirewall(asking: Asking, nodes: readonly Node[]): Promise<Report> {
  const { cluster } = asking;
  const reports = await Promise.all(nodes.map((node) => reportOf(asking, node)));
  const findings = reports.flatMap((report) => report.findings).toSorted((a, b) => a.rank - b.rank);
  const diff = reports.flatMap((report) => report.diff);
  const repair = `/repair firewall ${cluster.blueprint.name}`;
  return {
    findings: findings.map(({ level, says }) => ({ level, says })),
    lines: findings.flatMap(({ level, says }) => (level === "note" ? [] : [`${says}.`])),
    diff,
    ...(diff.length === 0 ? {} : { next: [{ command: repair, label: "Put the declared rules back" }] }),
    data: { findings: findings.map(({ level, says, rank }) => ({ level, says, rank })) },
  };
}

async function reportOf({ services, cluster, context }: Asking, node: Node): Promise<FilterReport> {
  const facts = [filterState(firewallRules(cluster, node))] as const;
  const { told, failure } = await askNode(services, cluster, node, facts, context, thorough);
  const [state] = told;
  if (state.known) return filterReport(cluster, node, state.value);
  const says = failure === null ? `${node.name}: ${state.why}` : `${node.name} cannot be reached`;
  // What is not known may be the worst of all.
  return { findings: [{ rank: 0, level: "unknown", says }], diff: [] };
}
