import { nodesWith } from "../src/core/cluster.ts";
import { untold } from "../src/core/fact.ts";
import { ago } from "../src/core/words.ts";
import { checkName, nagiosState, type NagiosCheck } from "../src/ops/facts/nagios.ts";
import type { Finding } from "../src/policy/finding.ts";
import { findingsOf } from "../src/policy/watch/looked.ts";
import { judgeNagios } from "../src/policy/watch/nagios.ts";
import { askNode } from "../src/look/ask.ts";
import { inspection, ofCluster, type Asking, type Report } from "./steps/inspection.ts";

/** Says what Nagios on admin thinks of all hosts and services. */
export const inspectNagios = inspection({
  name: "inspect nagios",
  title: "Ask Nagios",
  input: ofCluster,
  look: nagiosReport,
});

/** Everything that is not green, and since when. */
export async function nagiosReport({ services, cluster, context }: Asking): Promise<Report> {
  const [admin] = nodesWith(cluster, "admin");
  if (admin === undefined) return { findings: [{ level: "unknown", says: "there is no admin node" }] };
  const { told, failure } = await askNode(services, cluster, admin, [nagiosState], context);
  const [state] = told;
  const judged = judgeNagios(admin, cluster.nodes, failure === null ? state : untold("it cannot be reached"));
  if (!state.known) return { findings: findingsOf(judged) };
  const { checks, now } = state.value;
  const since = (seconds: number) => (seconds === 0 ? "–" : ago((now - seconds) * 1000));
  const bad = checks.filter((one) => one.state !== "ok" || !one.checked);
  const rows = bad.map((one) => [
    checkName(one),
    one.checked ? stateWords(one) : "never checked",
    one.says,
    since(one.since),
  ]);
  return {
    findings: [...findingsOf(judged), ...asideFindings(checks)],
    lines: [`${checks.length - bad.length} of ${checks.length} hosts and services are green.`],
    ...(rows.length === 0 ? {} : { table: { columns: ["what", "state", "says", "since"], rows } }),
  };
}

/** `critical`, `warning, tried again`, `critical, acknowledged`. */
const stateWords = ({ state, hard, silenced }: NagiosCheck): string =>
  [state, ...(hard ? [] : ["tried again"]), ...(silenced ? ["acknowledged or in a downtime"] : [])].join(", ");

/** Whoever asks hears also of what the watch passes over: what Nagios still tries again, and what it keeps quiet about. */
const asideFindings = (checks: readonly NagiosCheck[]): Finding[] =>
  checks.flatMap((one) => {
    if (!one.checked || one.state === "ok" || (one.hard && !one.silenced)) return [];
    return [{ level: one.silenced ? "note" : "degraded", says: `${checkName(one)}: ${one.says}, ${stateWords(one)}` }];
  });
