import { toCluster, type Blueprint, type Cluster, type Node } from "../../src/core/cluster.ts";
import { valueOf, type Told } from "../../src/core/fact.ts";
import { lineDiff } from "../../src/core/line-diff.ts";
import type { Result, Run } from "../../src/core/playbook.ts";
import { families, type FilterState, type Tables } from "../../src/ops/facts/filter.ts";
import { effects } from "../../src/policy/effects.ts";
import { versions } from "../../src/policy/filter-report.ts";
import { verdictOf, type Finding } from "../../src/policy/finding.ts";
import { filtersOf, judgeFilters } from "../inspect-iptables.ts";
import { replicationReport } from "../inspect-replication.ts";
import type { Asking } from "./inspection.ts";

/** Rules and replication at one moment; `rules` of a node are `null` where they could not be read. */
export interface Snapshot {
  readonly rules: Readonly<Record<string, Tables | null>>;
  readonly firewall: readonly Finding[];
  readonly replication: readonly Finding[];
}

/**
 * Looks at rules and replication before a run changes anything; `null` where there is no whole cluster yet. What it finds
 * is for `inspectAfter`, whose words belong into the result of every run that changes something.
 */
export async function inspectBefore(run: Run, blueprint: Blueprint): Promise<Snapshot | null> {
  const { services } = run;
  return run.step({ name: "inspect before", title: "Look at rules and replication" }, async (context) => {
    // Within the step, because the machines that the run itself creates must make no difference to a replay.
    const inventory = await services.clusters.inventory(blueprint.name);
    const cluster = inventory && toCluster(blueprint, inventory);
    if (cluster === undefined) return { sentence: "There is no whole cluster yet.", value: null };
    const { snapshot } = await look({ services, cluster, context });
    return { sentence: sentenceOf(snapshot), value: snapshot };
  });
}

/** Looks again, and says what the run has changed of rules and replication, and what that means. */
export async function inspectAfter(
  run: Run,
  cluster: Cluster,
  before: Snapshot | null,
): Promise<Required<Pick<Result, "text" | "diff">>> {
  return run.step({ name: "inspect after", title: "Look at rules and replication once more" }, async (context) => {
    const { snapshot, news } = await look({ services: run.services, cluster, context });
    const nodes = before === null ? [] : cluster.nodes.map((node) => changesOn(cluster, node, before, snapshot));
    const lines = [
      ...nodes.flatMap(({ means }) => means),
      wordsOf("Rules", before?.firewall, snapshot.firewall),
      wordsOf("Replication", before?.replication, snapshot.replication),
    ];
    const diff = [...nodes.flatMap((one) => one.diff), ...(before === null ? [] : news)];
    return { sentence: sentenceOf(snapshot), value: { text: lines.join("\n"), diff } };
  });
}

async function look(asking: Asking): Promise<{ readonly snapshot: Snapshot; readonly news: readonly string[] }> {
  const [filters, replication] = await Promise.all([
    filtersOf(asking, asking.cluster.nodes),
    replicationReport(asking),
  ]);
  const rules = filters.map(({ node, told }) => [node.name, runningOf(told)] as const);
  const { findings: firewall } = judgeFilters(asking.cluster, filters);
  const snapshot = { rules: Object.fromEntries(rules), firewall, replication: replication.findings };
  return { snapshot, news: replication.diff ?? [] };
}

const runningOf = (told: Told<FilterState>): Tables | null => valueOf(told)?.running ?? null;

const sentenceOf = ({ firewall, replication }: Snapshot): string =>
  `Rules: ${verdictOf(firewall)}. Replication: ${verdictOf(replication)}.`;

/** `Rules: consistent, as before.` */
function wordsOf(what: string, before: readonly Finding[] | undefined, after: readonly Finding[]): string {
  const now = verdictOf(after);
  if (before === undefined) return `${what}: ${now}.`;
  const then = verdictOf(before);
  return then === now ? `${what}: ${now}, as before.` : `${what}: ${now} (before: ${then}).`;
}

/** What became of a node's rules, rule by rule and in its meaning. */
function changesOn(cluster: Cluster, node: Node, before: Snapshot, after: Snapshot) {
  const [old, fresh] = [before.rules[node.name], after.rules[node.name]];
  if (!old || !fresh) return { means: [], diff: [] };
  const means = families.flatMap((family) =>
    effects(cluster, node, family, old[family], fresh[family]).map(
      ({ says }) => `${node.name}, ${versions[family]}: ${says}.`,
    ),
  );
  const diff = families.flatMap((family) =>
    lineDiff(old[family].split("\n"), fresh[family].split("\n")).map(
      ({ sign, line }) => `${sign} ${node.name} ${versions[family]}: ${line}`,
    ),
  );
  return { means, diff };
}
