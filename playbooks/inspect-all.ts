import { isFine, verdictOf, wholeOf, type Finding } from "../src/policy/finding.ts";
import { truth } from "../src/policy/truth/rows.ts";
import { playbook } from "../src/core/playbook.ts";
import { drbdReport } from "./inspect-drbd.ts";
import { inspectFirewall } from "./inspect-iptables.ts";
import { nagiosReport } from "./inspect-nagios.ts";
import { nodeReport } from "./inspect-node.ts";
import { pacemakerReport } from "./inspect-pacemaker.ts";
import { replicationReport } from "./inspect-replication.ts";
import { loadCluster } from "./status.ts";
import { ofCluster, summaryOf, type Asking, type Report } from "./steps/inspection.ts";
import { lookAt } from "../src/look/look.ts";

/** Every inspection, in the order of their table. */
const parts: readonly {
  readonly name: string;
  readonly title: string;
  readonly look: (asking: Asking) => Promise<Report>;
}[] = [
  { name: "truth", title: "Who holds what", look: truthReport },
  { name: "iptables", title: "Rules", look: (asking) => inspectFirewall(asking, asking.cluster.nodes) },
  { name: "replication", title: "Replication", look: replicationReport },
  { name: "drbd", title: "Replicated disk", look: drbdReport },
  { name: "pacemaker", title: "Pairs", look: pacemakerReport },
  { name: "nagios", title: "Monitoring", look: nagiosReport },
  { name: "nodes", title: "Machines", look: nodesReport },
];

/** Runs every inspection and says each verdict. */
export const inspectAll = playbook({
  name: "inspect all",
  version: 1,
  input: ofCluster,
  risk: "read",
  cluster: ({ cluster }) => cluster,

  async run(run, { cluster: name }) {
    const { services } = run;
    const cluster = await loadCluster(services, name);
    const reports = await run.parallel(parts, async ({ name: part, title, look }) => ({
      part,
      report: await run.step({ name: part, title }, async (context) => {
        const value = await look({ services, cluster, context });
        return { sentence: summaryOf(value.findings), value };
      }),
    }));
    const findings = reports.flatMap(({ report }) => report.findings);
    const diff = reports.flatMap(({ report }) => report.diff ?? []);
    const next = reports.flatMap(({ report }) => report.next ?? []);
    const notes = wholeOf(findings);
    return {
      ok: isFine(findings),
      verdict: verdictOf(findings),
      table: {
        columns: ["inspection", "verdict"],
        rows: reports.map(({ part, report }) => [part, verdictOf(report.findings)]),
      },
      ...(notes.length === 0 ? {} : { text: notes.join("\n") }),
      diff,
      next,
    };
  },
});

async function truthReport({ services, cluster, context }: Asking): Promise<Report> {
  return { findings: truth(await lookAt(services, cluster, context)).flatMap(({ findings }) => findings) };
}

async function nodesReport(asking: Asking): Promise<Report> {
  const reports = await Promise.all(asking.cluster.nodes.map((node) => nodeReport(asking, node)));
  const findings: Finding[] = reports.flatMap((report) => [...report.findings]);
  return { findings };
}
