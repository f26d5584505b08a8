import { z } from "zod";
import {
  clusterOf,
  clusterTag,
  ClusterName,
  nodesWith,
  plannedNodes,
  WebCount,
  type Cluster,
  type Node,
} from "../src/core/cluster.ts";
import { OpsError, toFailure } from "../src/core/errors.ts";
import { oneByOne, playbook, stepOn, type Result, type Run } from "../src/core/playbook.ts";
import { allOf, counted } from "../src/core/words.ts";
import { doorStages, webSetStages } from "../src/policy/web-set.ts";
import { inspectAfter, inspectBefore } from "./steps/around.ts";
import { balance } from "./steps/balance.ts";
import { changeStep } from "./steps/change.ts";
import { mountContent, setUpWebs } from "./steps/configure.ts";
import { createMachine, updateInventory } from "./steps/create.ts";
import { drain } from "./steps/drain.ts";
import { planScale } from "./steps/plan-scale.ts";
import { prove } from "./steps/prove.ts";
import { untilServes } from "./steps/serves.ts";
import { clusterWith, findWebs, type WebSet } from "./steps/web-set.ts";

/**
 * Changes how many web servers there are. New ones are created, let in by database and storage, proven, and only then
 * used; others are out of use and without a connection before anybody shuts them out, and deleted last.
 */
export const scale = playbook({
  name: "scale",
  version: 1,
  input: z.object({
    name: ClusterName,
    role: z.enum(["web"]).describe("what there should be more or fewer of"),
    // Typed, it is text.
    count: z.coerce.number<number>().pipe(WebCount).describe("how many there should be"),
  }),
  risk: "outage",
  cluster: ({ name }) => name,
  plan: (context, { name, count }) => planScale(context, name, count),

  async run(run, { name, count }) {
    const { services } = run;
    const set = await run.step({ name: "find", title: "See which web servers are used" }, async (context) => {
      const { set: value } = await findWebs({ ...context, services }, name, count);
      return { sentence: sentenceOf(value), value };
    });
    const before = await inspectBefore(run, set.blueprint);
    await create(run, set);
    const { wide, target } = await takeUp(run, set);
    const named = (names: readonly string[]) => wide.nodes.filter((node) => names.includes(node.name));
    await putToUse(run, wide, named(set.fresh));
    await balance(run, target);
    const undrained = await drain(run, wide, named(set.alive));
    if (undrained.length > 0) return keptBecause(set, undrained);
    await tellTheOthers(run, target, set);
    await remove(run, set, named(set.gone));
    const proof = await prove(run, target);
    const after = await inspectAfter(run, target, before);
    return {
      ok: proof.ok,
      verdict: proof.ok ? verdictOf(set) : `Scaled, but not proven: ${proof.failed.join(" ")}`,
      ...after,
      data: { web: count, added: set.fresh.length, removed: set.gone.length, proof: proof.results },
    };
  },
});

async function create(run: Run, { target, fresh }: WebSet): Promise<void> {
  const { name, nodes } = target;
  const plans = plannedNodes(target).filter((plan) => fresh.includes(plan.name));
  try {
    await run.parallel(plans, (plan) => createMachine(run, target, plan));
  } catch (error) {
    throw new OpsError({
      ...toFailure(error),
      state: `${name} serves as before; no node was told anything. Machines that were created meanwhile exist and cost money until the command is given again with ${nodes.web.count}, or with the number there was.`,
    });
  }
}

/** The cluster with all web servers there are, and the one that is wanted. */
interface Clusters {
  readonly wide: Cluster;
  readonly target: Cluster;
}

/** From here on more web servers are wanted than before, where more were asked for. */
async function takeUp(run: Run, { blueprint, target }: WebSet): Promise<Clusters> {
  const { clusters } = run.services;
  // The nodes are part of the outcome: later on the inventory forgets some of them.
  const wide = await run.step({ name: "take up", title: "Take up the web servers" }, async () => {
    const inventory = await clusters.inventory(target.name);
    const value = inventory && clusterWith(target, inventory);
    if (value === undefined) throw new TypeError(`${target.name} has lost nodes from its inventory`);
    const { count } = target.nodes.web;
    const more = count > blueprint.nodes.web.count;
    if (more) await clusters.setWebCount(target.name, count);
    const exist = `${allOf(nodesWith(value, "web").map((node) => node.name))} exist.`;
    return { sentence: more ? `${exist} From now on ${count} are wanted.` : exist, value, changed: more ? 1 : 0 };
  });
  const wanted = new Set(plannedNodes(target).map((node) => node.name));
  const nodes = wide.nodes.filter((node) => wanted.has(node.name));
  return { wide, target: clusterOf(target, nodes, wide.floating.lb) };
}

/** Sets new web servers up while database and storage learn to let them in; then all that is missing is a balancer. */
async function putToUse(run: Run, wide: Cluster, fresh: readonly Node[]): Promise<void> {
  if (fresh.length === 0) return;
  await run.parallel([setUpWebs(run, wide, fresh), doors(run, wide, "open", "Let the new ones in")], (lane) => lane);
  await mountContent(run, wide, fresh);
  await run.parallel(fresh, (node) => untilServes(run, wide, node));
}

/** One node after the other, so that a mistake in the rules meets one of a pair only. */
async function doors(run: Run, cluster: Cluster, name: string, title: string): Promise<void> {
  const asked = (["db", "nfs", "lb"] as const).flatMap((role) => nodesWith(cluster, role));
  await oneByOne(asked, (node) =>
    changeStep(run, cluster, node, { ...stepOn(node, name, title), stages: doorStages(cluster, node) }),
  );
}

/** Monitoring, names, and rules without those that are not used any more. */
async function tellTheOthers(run: Run, target: Cluster, { fresh, gone }: WebSet): Promise<void> {
  const secrets = await run.services.vault.secrets(target.blueprint.name);
  const told = (["web", "admin"] as const).flatMap((role) => nodesWith(target, role));
  await run.parallel(told, (node) => {
    const title = node.role === "admin" ? "Watch exactly those that are used" : "Names";
    return changeStep(run, target, node, {
      ...stepOn(node, "tell", title),
      stages: webSetStages(target, node, secrets),
    });
  });
  if (gone.length > 0 || fresh.length === 0) await doors(run, target, "close", "Let in exactly those that are used");
}

/** Deletes what nobody uses any more; before that, fewer are wanted. */
async function remove(run: Run, { blueprint, target }: WebSet, gone: readonly Node[]): Promise<void> {
  const { clusters, cloud } = run.services;
  const { name, nodes } = target;
  if (nodes.web.count < blueprint.nodes.web.count) {
    await run.step({ name: "let go", title: "Want fewer web servers" }, async () => {
      await clusters.setWebCount(name, nodes.web.count);
      return { sentence: `From now on ${nodes.web.count} are wanted.`, changed: 1 };
    });
  }
  await run.parallel(gone, (node) =>
    run.step({ name: `delete ${node.name}`, title: `Delete ${node.name}`, node: node.name }, async (context) => {
      await cloud.deleteNode(node.linodeId, clusterTag(name), context);
      await updateInventory(run.services, name, (now) => {
        const { [node.name]: _gone, ...rest } = now.nodes;
        return { ...now, nodes: rest };
      });
      return { sentence: `${node.label} is gone.`, changed: 1 };
    }),
  );
}

function sentenceOf({ fresh, gone }: WebSet): string {
  const parts = [
    ...(fresh.length === 0 ? [] : [`to be put to use: ${allOf(fresh)}`]),
    ...(gone.length === 0 ? [] : [`to go: ${allOf(gone)}`]),
  ];
  return parts.length === 0 ? "Those that are wanted, and no other." : `${parts.join("; ")}.`;
}

function verdictOf({ target, fresh, gone }: WebSet): string {
  const parts = [
    ...(fresh.length === 0 ? [] : [`new: ${allOf(fresh)}`]),
    ...(gone.length === 0 ? [] : [`deleted: ${allOf(gone)}`]),
  ];
  const what = parts.length === 0 ? "" : ` (${parts.join("; ")})`;
  return `${target.name} has ${counted(target.nodes.web.count, "web server")}${what}; all of them serve, proven from outside.`;
}

function keptBecause(
  { blueprint: { name, nodes }, target }: WebSet,
  undrained: readonly { readonly node: string; readonly why: string }[],
): Result {
  const found = undrained.map(({ node, why }) => `${node}: ${why}`).join(" ");
  const again = `/cluster scale ${name} web ${target.nodes.web.count}`;
  const back = `/cluster scale ${name} web ${nodes.web.count}`;
  const use = back === again ? "" : `; ${back} takes all of them into use again`;
  return {
    ok: false,
    verdict: `Nothing was deleted. ${found} No balancer sends new requests there. ${again} waits once more${use}.`,
    next: [
      { command: again, label: "Wait once more" },
      ...(back === again ? [] : [{ command: back, label: "Take them into use again" }]),
    ],
  };
}
