import { nodesWith, pairRoles, type Cluster, type Node, type PairRole } from "../../src/core/cluster.ts";
import type { Run } from "../../src/core/playbook.ts";
import { desired, type Phase } from "../../src/policy/desired.ts";
import { changeStep } from "./change.ts";
import { reachNode, rememberPort } from "./reach.ts";
import { pairOnline, pairServes } from "./settle.ts";

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

/** Brings new web servers to their wanted state, as far as they need no other node. */
export async function setUpWebs(run: Run, cluster: Cluster, webs: readonly Node[]): Promise<void> {
  await run.parallel(webs, (node) => buildNode({ run, cluster, totals: { checked: 0, changed: 0 } }, node));
}

/** Mounts the content on new web servers; storage and database must let them in by now. */
export async function mountContent(run: Run, cluster: Cluster, webs: readonly Node[]): Promise<void> {
  await run.parallel(webs, (node) => bring({ run, cluster, totals: { checked: 0, changed: 0 } }, node, "content"));
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
  const done = await changeStep(run, cluster, node, {
    ...{ name: `${name} ${node.name}`, title },
    stages: phase.stages,
    // Its end is where SSH has moved for good.
    atEnd: () => (name === "base" ? rememberPort(run.services, cluster, node, 322) : Promise.resolve()),
  });
  totals.checked += done.checked;
  totals.changed += done.changed;
}
