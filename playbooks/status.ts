import { z } from "zod";
import { ClusterName, toCluster, type Cluster } from "../src/core/cluster.ts";
import { OpsError } from "../src/core/errors.ts";
import { describeLock } from "../src/core/lock.ts";
import { playbook } from "../src/core/playbook.ts";
import type { Services } from "../src/core/ports.ts";
import { loadBlueprint } from "./steps/blueprint.ts";
import { isFine, verdictOf, wholeOf } from "../src/policy/finding.ts";
import { topologyOf } from "../src/policy/truth/drawing.ts";
import { datedVerdict } from "../src/policy/watch/since.ts";
import { truth } from "../src/policy/truth/rows.ts";
import { lookAt } from "../src/look/look.ts";

/** Joins blueprint and inventory. @throws OpsError when the cluster has not been built to the end. */
export async function loadCluster(services: Services, name: string): Promise<Cluster> {
  const blueprint = await loadBlueprint({ services }, name);
  const inventory = await services.clusters.inventory(name);
  const cluster = inventory === undefined ? undefined : toCluster(blueprint, inventory);
  if (cluster !== undefined) return cluster;
  throw new OpsError({
    code: "not_built",
    message: `The cluster ${name} is not built${inventory === undefined ? "" : " to the end"}.`,
    state: `${Object.keys(inventory?.nodes ?? {}).length} of its nodes exist.`,
    hint: `Run /cluster build ${name}; it carries on where it stopped.`,
  });
}

/** Says what is true right now: one verdict, and what each source says of everything that must agree. */
export const status = playbook({
  name: "status",
  version: 3,
  input: z.object({ name: ClusterName }),
  risk: "read",
  cluster: ({ name }) => name,

  async run(run, { name }) {
    const cluster = await loadCluster(run.services, name);
    const found = await run.step({ name: "look", title: `Ask all nodes of ${name}` }, async (context) => {
      const seen = await lookAt(run.services, cluster, context);
      const rows = truth(seen);
      const answered = seen.looks.filter(({ failure }) => failure === null).length;
      const locks = (await run.services.clusters.locks()).filter(({ cluster: of }) => of === null || of === name);
      const now = run.services.clock.now();
      const drawing = topologyOf(seen, rows, now);
      const all = rows.flatMap((row) => row.findings);
      const verdict = datedVerdict(verdictOf(all), rows, await run.services.watched.round(name), now);
      const value = { rows, verdict, locks: locks.map(describeLock), drawing };
      return { sentence: `${answered} of ${seen.looks.length} nodes answered.`, value };
    });
    const findings = found.rows.flatMap((row) => row.findings);
    const columns = ["what", "Linode", "Pacemaker", "the nodes", "the network", "verdict"];
    const rows = found.rows.map((row) => [
      row.what,
      row.provider,
      row.pacemaker,
      row.node,
      row.wire,
      verdictOf(row.findings),
    ]);
    const text = [...wholeOf(findings), ...found.locks];
    return {
      ok: isFine(findings),
      verdict: found.verdict,
      table: { columns, rows },
      ...(text.length === 0 ? {} : { text: text.join("\n") }),
      drawing: found.drawing,
      data: {
        truth: found.rows.map(({ findings: own, ...row }) => ({
          ...row,
          verdict: verdictOf(own),
          findings: own.map(({ level, says }) => ({ level, says })),
        })),
      },
    };
  },
});
