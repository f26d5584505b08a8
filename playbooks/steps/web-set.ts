import {
  clusterOf,
  clusterTag,
  nodeLabel,
  nodePlan,
  nodesWith,
  plannedNodes,
  roles,
  withWebs,
  type Blueprint,
  type Cluster,
  type Inventory,
} from "../../src/core/cluster.ts";
import type { CloudNode } from "../../src/core/cloud.ts";
import { OpsError } from "../../src/core/errors.ts";
import { inParallel, type PlanContext } from "../../src/core/playbook.ts";
import { usedServers } from "../../src/ops/facts/upstream.ts";
import { loadBlueprint } from "./blueprint.ts";

/** What there is to do to come to another number of web servers. Plain JSON. */
export interface WebSet {
  /** As it was wanted so far. */
  readonly blueprint: Blueprint;
  /** With the number that is asked for. */
  readonly target: Blueprint;
  /** Names of those that are wanted and not used by both balancers: they are missing or half done. */
  readonly fresh: readonly string[];
  /** Names of those that exist and are not wanted, the highest numbers. */
  readonly gone: readonly string[];
  /** Those of `gone` that the provider still has: somebody else may have deleted one. */
  readonly alive: readonly string[];
}

/** A set of web servers, with what it was made from. */
export interface FoundWebs {
  readonly set: WebSet;
  readonly inventory: Inventory;
  /** All machines that carry the cluster's tag. */
  readonly existing: readonly CloudNode[];
}

/**
 * Finds out what is missing and what is too much, from the inventory, the provider and what the balancers use; so a run
 * that carries on where another one stopped finds what is left to do.
 * @throws OpsError `unknown_cluster`, `not_built`, or whatever keeps a balancer from telling what it uses.
 */
export async function findWebs(context: PlanContext, name: string, count: number): Promise<FoundWebs> {
  const { services, signal } = context;
  const blueprint = await loadBlueprint(context, name);
  const inventory = await services.clusters.inventory(name);
  const target = withWebs(blueprint, count);
  const cluster = inventory && clusterWith(target, inventory);
  if (inventory === undefined || cluster === undefined) throw notBuilt(name);
  const existing = await services.cloud.listNodes(clusterTag(name), context);
  const labels = new Set(existing.map(({ label }) => label));
  const used = await inParallel(nodesWith(cluster, "lb"), async (lb) => {
    const [servers] = await services.fleet(name, lb).read([usedServers], { signal, deadlineMs: 30_000 });
    return servers;
  });
  const wanted = plannedNodes(target).filter(({ role }) => role === "web");
  const fresh = wanted.filter(
    (web) => !labels.has(nodeLabel(name, web.name)) || !used.every((servers) => servers.includes(web.privateIp ?? "")),
  );
  const gone = websIn(inventory).filter((index) => index > count);
  const ids = new Set(existing.map(({ id }) => id));
  const names = gone.map((index) => `web${index}`);
  const alive = names.filter((web) => ids.has(inventory.nodes[web]?.linodeId ?? 0));
  return { set: { blueprint, target, fresh: fresh.map((web) => web.name), gone: names, alive }, inventory, existing };
}

/** Numbers of the web servers that exist, ascending. */
function websIn({ nodes }: Inventory): number[] {
  return Object.keys(nodes)
    .flatMap((name) => (/^web\d+$/.test(name) ? [Number(name.slice("web".length))] : []))
    .toSorted((a, b) => a - b);
}

/**
 * A cluster with all web servers that exist, whether or not the blueprint wants them, so that none is shut out while it
 * is used. `undefined` when any other node does not exist.
 */
export function clusterWith(blueprint: Blueprint, inventory: Inventory): Cluster | undefined {
  const webs = websIn(inventory).map((index) => nodePlan(blueprint, "web", index));
  const others = plannedNodes(blueprint).filter(({ role }) => role !== "web");
  // In the order of a blueprint, because files name the nodes in it.
  const plans = roles.flatMap((role) => (role === "web" ? webs : others.filter((plan) => plan.role === role)));
  const nodes = plans.flatMap((plan) => {
    const known = inventory.nodes[plan.name];
    return known === undefined ? [] : [{ ...plan, ...known }];
  });
  if (inventory.publicAddress === null || nodes.length < plans.length) return undefined;
  return clusterOf(blueprint, nodes, inventory.publicAddress);
}

function notBuilt(name: string): OpsError {
  return new OpsError({
    code: "not_built",
    message: `The cluster ${name} is not built to the end, so it cannot be scaled.`,
    state: "Nothing was changed.",
    hint: `Run /cluster build ${name} first; it carries on where it stopped.`,
  });
}
