import type { Cluster, Node } from "../../core/cluster.ts";
import type { Told } from "../../core/fact.ts";
import type { FilterState } from "../../ops/facts/filter.ts";
import { filterReport } from "../filter-report.ts";
import type { Judged } from "./concern.ts";

/** As many findings as are evidence enough. */
const shown = 5;

/** Rules that are not the declared ones: `firewall web1`. */
export function judgeFirewall(cluster: Cluster, node: Node, told: Told<FilterState>): Judged {
  const key = `firewall ${node.name}`;
  if (!told.known) return { concerns: [], unknown: [key] };
  const { findings } = filterReport(cluster, node, told.value);
  const bad = findings.filter(({ level }) => level !== "note");
  if (bad.length === 0) return { concerns: [], unknown: [] };
  const { name } = cluster.blueprint;
  const concern = {
    key,
    severity: "warning",
    title: `the firewall of ${node.name} is not as declared`,
    text: "Somebody or something changed it outside of Nonet.",
    facts: bad.slice(0, shown).map(({ says }, at) => [at === 0 ? "found" : "and", says] as const),
    next: { command: `/repair firewall ${name}`, label: "Put the declared rules back" },
  } as const;
  return { concerns: [concern], unknown: [] };
}
