import { clusterTag, nodeLabel, plannedNodes, type Blueprint, type Node } from "../../src/core/cluster.ts";
import { canonicalJson, type Json } from "../../src/core/json.ts";
import { sha256, type Plan, type PlannedChange } from "../../src/core/plan.ts";
import type { PlanContext } from "../../src/core/playbook.ts";
import type { ClusterSecrets } from "../../src/core/secrets.ts";
import { differences } from "../../src/core/converge.ts";
import { toFailure } from "../../src/core/errors.ts";
import { desired } from "../../src/policy/desired.ts";
import { checkOffer, loadBlueprint, monthlyTotal, priceKey, type Prices } from "./blueprint.ts";
import { foresee, type Foreseen } from "./foresee.ts";
import { counted } from "../../src/core/words.ts";

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
    summary: summarise(creates.length, changes),
    creates,
    changes,
    deletes: [],
    monthlyUsd,
    usualSeconds: creates.length === 0 ? 60 : usualSeconds,
    fingerprint: await sha256(facts),
  };
  return plan;
}

function missing(blueprint: Blueprint, labels: ReadonlySet<string>, prices: Prices): Plan["creates"] {
  return plannedNodes(blueprint).flatMap(({ name, region, type }) => {
    const label = nodeLabel(blueprint.name, name);
    if (labels.has(label)) return [];
    return [{ node: name, label, region, type, monthlyUsd: prices.get(priceKey(type, region))?.monthlyUsd ?? null }];
  });
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
        ? differencesOn(context, foreseen, { node, secrets })
        : [wholeNode(node, "there, not looked at yet")],
    ),
  );
  return found.flat();
}

async function differencesOn(
  context: PlanContext,
  { cluster, say }: Foreseen,
  { node, secrets }: { readonly node: Node; readonly secrets: ClusterSecrets },
): Promise<PlannedChange[]> {
  const items = desired(cluster, node, secrets).flatMap(({ stages }) => stages.flatMap((stage) => stage.items));
  const target = context.services.fleet(cluster.blueprint.name, node);
  try {
    const different = await differences(target, items, { signal: context.signal, deadlineMs: 30_000 });
    return different.map(({ item, changes }) => ({
      node: node.name,
      operation: item.operation.name,
      key: item.key,
      changes: changes.map((change) => ({ ...change, want: say(change.want) })),
    }));
  } catch (error) {
    // A node that cannot be read is said so in the plan; the build itself finds out why and says what to do.
    return [wholeNode(node, `unknown: ${toFailure(error).message}`)];
  }
}

const wholeNode = ({ name }: Node, have: string): PlannedChange => ({
  node: name,
  operation: "node",
  key: name,
  changes: [{ field: "state", have, want: "as described" }],
});

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
