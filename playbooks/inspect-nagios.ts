import { nodesWith } from "../src/core/cluster.ts";
import { ago } from "../src/core/words.ts";
import { nagiosChecks } from "../src/ops/facts/nagios.ts";
import type { Finding } from "../src/policy/finding.ts";
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
  const { told, failure } = await askNode(services, cluster, admin, [nagiosChecks], context);
  const [checks] = told;
  if (!checks.known) {
    const says = failure === null ? `${admin.name}: ${checks.why}` : `${admin.name} cannot be reached`;
    return { findings: [{ level: "unknown", says }] };
  }
  const all = checks.value;
  const names = new Set(all.map(({ name }) => name));
  const bad = all.filter(({ checked, ok }) => checked && !ok);
  const pending = all.filter(({ checked }) => !checked);
  const unwatched = cluster.nodes.filter(({ name }) => !names.has(name));
  const findings: Finding[] = [
    ...(all.length === 0 ? [{ level: "unknown", says: "Nagios has written no status" } as const] : []),
    ...bad.map(({ name, says }) => ({ level: "degraded", says: `${name}: ${says}` }) as const),
    ...(all.length === 0
      ? []
      : unwatched.map(({ name }) => ({ level: "degraded", says: `Nagios does not watch ${name}` }) as const)),
    ...(pending.length === 0 ? [] : [{ level: "unknown", says: `${pending.length} checks were never made` } as const]),
  ];
  const now = services.clock.now();
  const since = (seconds: number) => (seconds === 0 ? "–" : ago(now - seconds * 1000));
  return {
    findings,
    lines: [`${all.length - bad.length - pending.length} of ${all.length} hosts and services are green.`],
    ...(bad.length === 0
      ? {}
      : {
          table: { columns: ["what", "says", "since"], rows: bad.map((one) => [one.name, one.says, since(one.since)]) },
        }),
  };
}
