import type { Cluster, Node } from "../../src/core/cluster.ts";
import { converge } from "../../src/core/converge.ts";
import type { Run } from "../../src/core/playbook.ts";
import { desired, phases, type Phase } from "../../src/policy/desired.ts";
import { rememberPort } from "./reach.ts";
import { pairsOnline, pairsServe } from "./settle.ts";

/** Ten minutes: the longest single thing is the installation of packages on a slow mirror. */
const deadlineMs = 600_000;

/**
 * Brings all nodes to their wanted state, phase by phase: within a phase the nodes go their own way in parallel, and a
 * phase begins when the one before is done everywhere. Returns how many things were checked and changed.
 */
export async function configure(run: Run, cluster: Cluster): Promise<{ checked: number; changed: number }> {
  const totals = { checked: 0, changed: 0 };
  for (const phase of phases) {
    const done = await run.parallel(cluster.nodes, (node) => configureNode(run, cluster, node, phase.name));
    for (const { checked, changed } of done) {
      totals.checked += checked;
      totals.changed += changed;
    }
    if (phase.name === "role") await pairsOnline(run, cluster);
    if (phase.name === "pair") await pairsServe(run, cluster);
  }
  return totals;
}

async function configureNode(run: Run, cluster: Cluster, node: Node, name: Phase["name"]) {
  const secrets = await run.services.vault.secrets(cluster.blueprint.name);
  const phase = desired(cluster, node, secrets).find((candidate) => candidate.name === name);
  if (phase === undefined || phase.stages.length === 0) return { checked: 0, changed: 0 };
  const title = `${phase.title} on ${node.name}`;
  return run.step({ name: `${name} ${node.name}`, title, node: node.name }, async (context) => {
    const target = run.services.fleet(cluster.blueprint.name, node);
    const { checked, changed } = await converge(target, phase.stages, { signal: context.signal, deadlineMs });
    if (name === "base") await rememberPort(run.services, cluster, node, 322);
    const what = [...new Set(changed.map(({ item }) => item.operation.name))].join(", ");
    const sentence =
      changed.length === 0 ? `${checked} things are as wanted.` : `${changed.length} of ${checked} changed: ${what}.`;
    return { sentence, changed: changed.length, value: { checked, changed: changed.length } };
  });
}
