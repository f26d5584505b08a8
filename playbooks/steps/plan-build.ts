import { clusterTag, plannedNodes, type Blueprint, type Inventory } from "../../src/core/cluster.ts";
import { canonicalJson, type Json } from "../../src/core/json.ts";
import { sha256, type Plan, type PlannedChange } from "../../src/core/plan.ts";
import type { PlanContext } from "../../src/core/playbook.ts";
import { desired } from "../../src/policy/desired.ts";
import { checkOffer, loadBlueprint, monthlyTotal } from "./blueprint.ts";
import { foresee, type Foreseen } from "./foresee.ts";
import { differencesOn, missing, wholeNode } from "./planned.ts";
import { allOf, counted } from "../../src/core/words.ts";

/** Nine machines in the lab took four to six minutes; Linode's own recorded deployments take about one more. */
const usualSeconds = 360;

/** What `/cluster build` would do: machines to create, and what differs on those that exist (one round trip each). */
export async function planBuild(context: PlanContext, name: string, playbook: { name: string; version: number }) {
  const { services } = context;
  const blueprint = await loadBlueprint(context, name);
  const prices = await checkOffer(context, blueprint);
  const existing = await services.cloud.listNodes(clusterTag(blueprint.name), context);
  const labels = new Set(existing.map(({ label }) => label));
  const creates = missing(blueprint, labels, prices);
  const inventory = await services.clusters.inventory(name);
  const changes = await changesOn(context, foresee(blueprint, inventory, existing), labels);
  const facts = canonicalJson({ blueprint, labels: [...labels].toSorted(), changes });
  const monthlyUsd = monthlyTotal(blueprint, prices, services.cloud.extraIpv4MonthlyUsd);
  const plan: Plan = {
    playbook: playbook.name,
    version: playbook.version,
    cluster: name,
    input: { name } satisfies Json,
    risk: "reversible",
    summary: `${summarise(creates.length, changes)}${leftOver(blueprint, inventory)}`,
    creates,
    changes,
    deletes: [],
    monthlyUsd,
    usualSeconds: creates.length === 0 ? 60 : usualSeconds,
    fingerprint: await sha256(facts),
  };
  return plan;
}

/** What would change on the nodes that exist; also what they are told of those that do not exist yet. */
async function changesOn(
  context: PlanContext,
  foreseen: Foreseen,
  labels: ReadonlySet<string>,
): Promise<PlannedChange[]> {
  const there = foreseen.cluster.nodes.filter(({ label }) => labels.has(label));
  // They are made at their first use, which is no business of a plan of something that nobody has begun to build.
  const secrets =
    foreseen.known.size === 0 ? null : await context.services.vault.secrets(foreseen.cluster.blueprint.name);
  const found = await Promise.all(
    there.map(async (node) =>
      secrets !== null && foreseen.known.has(node.name)
        ? differencesOn(context, foreseen, { node, stages: stagesOf(foreseen.cluster, node, secrets) })
        : [wholeNode(node, "there, not looked at yet")],
    ),
  );
  return found.flat();
}

const stagesOf = (...parts: Parameters<typeof desired>) => desired(...parts).flatMap(({ stages }) => stages);

/** Machines that a smaller blueprint does not name any more; only scaling takes them out of use before it deletes them. */
function leftOver(blueprint: Blueprint, inventory: Inventory | undefined): string {
  const wanted = new Set(plannedNodes(blueprint).map(({ name }) => name));
  const more = Object.keys(inventory?.nodes ?? {}).filter((name) => !wanted.has(name));
  if (more.length === 0) return "";
  const remedy = `/cluster scale ${blueprint.name} web ${blueprint.nodes.web.count} takes them out of use and deletes them`;
  return ` No longer in the blueprint, and left alone: ${allOf(more)}; ${remedy}.`;
}

function summarise(creates: number, changes: readonly PlannedChange[]): string {
  if (creates === 0 && changes.length === 0) return "Everything is as it should be; nothing would change.";
  const nodes = new Set(changes.map(({ node }) => node)).size;
  const soFar = creates > 0 ? ", as far as can be said before all machines have addresses" : "";
  const parts = [
    ...(creates > 0 ? [`${counted(creates, "machine")} would be created and set up`] : []),
    ...(changes.length > 0
      ? [`${counted(changes.length, "thing")} would change on ${counted(nodes, "node")}${soFar}`]
      : []),
  ];
  return `${parts.join("; ")}.`;
}
