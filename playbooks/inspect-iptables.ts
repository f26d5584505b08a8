import type { Cluster, Node } from "../src/core/cluster.ts";
import { untold, type Told } from "../src/core/fact.ts";
import { filterState, type FilterState } from "../src/ops/facts/filter.ts";
import { filterReport, type FilterReport } from "../src/policy/filter-report.ts";
import { firewallRules } from "../src/policy/firewall.ts";
import { askNode, thorough } from "../src/look/ask.ts";
import { inspection, NodeName, nodeNamed, ofCluster, type Asking, type Report } from "./steps/inspection.ts";

/** Says how the rules of nodes differ from the declared ones, running and at boot, and what each difference means. */
export const inspectIptables = inspection({
  name: "inspect iptables",
  title: "Compare the rules of the nodes with the flow matrix",
  input: ofCluster.extend({ node: NodeName.optional() }),
  look: (asking, { node }) =>
    inspectFirewall(asking, node === undefined ? asking.cluster.nodes : [nodeNamed(asking.cluster, node)]),
});

/** The rules of a node, as far as they could be read. */
export interface FilterLook {
  readonly node: Node;
  readonly told: Told<FilterState>;
}

/** Reads the rules of these nodes. */
export async function filtersOf({ services, cluster, context }: Asking, nodes: readonly Node[]): Promise<FilterLook[]> {
  return Promise.all(
    nodes.map(async (node) => {
      const facts = [filterState(firewallRules(cluster, node))] as const;
      const { told, failure } = await askNode(services, cluster, node, facts, context, thorough);
      return { node, told: failure === null ? told[0] : untold("it cannot be reached") };
    }),
  );
}

/** Holds rules against the declared ones. */
export function judgeFilters(cluster: Cluster, looks: readonly FilterLook[]): FilterReport {
  const reports = looks.map(({ node, told }): FilterReport => {
    if (told.known) return filterReport(cluster, node, told.value);
    // What is not known may be the worst of all.
    return { findings: [{ rank: 0, level: "unknown", says: `${node.name}: ${told.why}` }], diff: [] };
  });
  return {
    findings: reports.flatMap(({ findings }) => findings).toSorted((a, b) => a.rank - b.rank),
    diff: reports.flatMap(({ diff }) => diff),
  };
}

/** Reads and judges, and offers to repair what differs. */
export async function inspectFirewall(asking: Asking, nodes: readonly Node[]): Promise<Report> {
  const { findings, diff } = judgeFilters(asking.cluster, await filtersOf(asking, nodes));
  const command = `/repair firewall ${asking.cluster.blueprint.name}`;
  return {
    findings: findings.map(({ level, says }) => ({ level, says })),
    diff,
    ...(diff.length === 0 ? {} : { next: [{ command, label: "Put the declared rules back" }] }),
    data: { findings: findings.map(({ level, says, rank }) => ({ level, says, rank })) },
  };
}
