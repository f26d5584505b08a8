import { nodesWith, pairRoles, type Cluster, type Node, type PairRole } from "../../src/core/cluster.ts";
import { converge } from "../../src/core/converge.ts";
import type { Run } from "../../src/core/playbook.ts";
import { desired, type Phase } from "../../src/policy/desired.ts";
import { reachNode, rememberPort } from "./reach.ts";
import { pairOnline, pairServes } from "./settle.ts";
import { counted } from "../../src/core/words.ts";

/** Ten minutes: the longest single thing is the installation of packages on a slow mirror. */
const deadlineMs = 600_000;

/** How many things were looked at, and how many were changed. */
interface Totals {
  checked: number;
  changed: number;
}

/**
 * Brings all nodes to their wanted state. Each goes its own way from the moment it answers; the nodes of a pair wait
 * for one another, and the content of the web servers for the database and the storage.
 */
export async function configure(run: Run, cluster: Cluster): Promise<Totals> {
  const totals: Totals = { checked: 0, changed: 0 };
  const work: Work = { run, cluster, totals };
  const pairs = new Map(pairRoles.map((role) => [role, buildPair(work, role)]));
  const backends = Promise.allSettled([pairs.get("db"), pairs.get("nfs")]);
  const webs = nodesWith(cluster, "web").map((node) => buildWeb(work, node, backends));
  const admins = nodesWith(cluster, "admin").map((node) => buildNode(work, node));
  await run.parallel([...pairs.values(), ...webs, ...admins], (lane) => lane);
  return totals;
}

interface Work {
  readonly run: Run;
  readonly cluster: Cluster;
  readonly totals: Totals;
}

async function buildPair(work: Work, role: PairRole): Promise<void> {
  const { run, cluster } = work;
  const nodes = nodesWith(cluster, role);
  await run.parallel(nodes, (node) => reachNode(run, cluster, node));
  for (const phase of ["base", "role"] as const) await run.parallel(nodes, (node) => bring(work, node, phase));
  await pairOnline(run, cluster, role);
  await run.parallel(nodes, (node) => bring(work, node, "pair"));
  await pairServes(run, cluster, role);
}

async function buildNode(work: Work, node: Node): Promise<void> {
  await reachNode(work.run, work.cluster, node);
  for (const phase of ["base", "role"] as const) await bring(work, node, phase);
}

async function buildWeb(work: Work, node: Node, backends: Promise<PromiseSettledResult<void>[]>): Promise<void> {
  await buildNode(work, node);
  // Without database and storage there is no content; their own failure is told already.
  if ((await backends).every(({ status }) => status === "fulfilled")) await bring(work, node, "content");
}

async function bring({ run, cluster, totals }: Work, node: Node, name: Phase["name"]): Promise<void> {
  const secrets = await run.services.vault.secrets(cluster.blueprint.name);
  const phase = desired(cluster, node, secrets).find((candidate) => candidate.name === name);
  if (phase === undefined || phase.stages.length === 0) return;
  const title = `${phase.title} on ${node.name}`;
  const done = await run.step({ name: `${name} ${node.name}`, title, node: node.name }, async (context) => {
    const target = run.services.fleet(cluster.blueprint.name, node);
    const { signal, steady } = context;
    const { checked, changed } = await converge(target, phase.stages, { signal, steady, deadlineMs });
    if (name === "base") await rememberPort(run.services, cluster, node, 322);
    const what = [...new Set(changed.map(({ item }) => item.operation.name))].join(", ");
    const sentence =
      changed.length === 0
        ? `As wanted: ${counted(checked, "thing")}.`
        : `${changed.length} of ${checked} changed: ${what}.`;
    return { sentence, changed: changed.length, value: { checked, changed: changed.length } };
  });
  totals.checked += done.checked;
  totals.changed += done.changed;
}
