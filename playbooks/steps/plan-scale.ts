import { nodeLabel, nodesWith, type Blueprint } from "../../src/core/cluster.ts";
import { OpsError } from "../../src/core/errors.ts";
import { canonicalJson } from "../../src/core/json.ts";
import type { Change } from "../../src/core/operation.ts";
import { sha256, type Plan, type PlannedChange, type PlanParts } from "../../src/core/plan.ts";
import type { PlanContext } from "../../src/core/playbook.ts";
import { allOf, counted } from "../../src/core/words.ts";
import { webSetStages } from "../../src/policy/web-set.ts";
import { checkOffer, monthlyTotal, priceKey, type Prices } from "./blueprint.ts";
import { foresee } from "./foresee.ts";
import { lineByLine } from "./line-by-line.ts";
import { differencesOn, missing, wholeNode } from "./planned.ts";
import { findWebs, type FoundWebs } from "./web-set.ts";

/**
 * What `/cluster scale` would do. To add is reversible; to take away deletes machines, so somebody else looks at it too.
 * They hold nothing that is not on the storage or in the database, so it is no loss of data.
 * @throws OpsError `same_size` when there is nothing to do, and whatever `findWebs` throws.
 */
export async function planScale(context: PlanContext, name: string, count: number): Promise<PlanParts> {
  const found = await findWebs(context, name, count);
  const { set, existing } = found;
  const prices = await checkOffer(context, set.target);
  const creates = missing(set.target, new Set(existing.map(({ label }) => label)), prices).filter(({ node }) =>
    set.fresh.includes(node),
  );
  const deletes = deletesOf(found, prices);
  const changes = await changesOf(context, found);
  if (creates.length + deletes.length + changes.length === 0) throw sameSize(name, count);
  const facts = { target: set.target, existing: existing.map(({ id }) => id).toSorted((a, b) => a - b), changes };
  return {
    summary: summarise(set.target, { creates, deletes, changes }),
    risk: deletes.length > 0 ? "outage" : "reversible",
    creates,
    changes,
    deletes,
    monthlyUsd: monthlyTotal(set.target, prices, context.services.cloud.extraIpv4MonthlyUsd),
    fingerprint: await sha256(canonicalJson(facts)),
  };
}

function deletesOf({ set, inventory }: FoundWebs, prices: Prices): Plan["deletes"] {
  const { type } = set.target.nodes.web;
  const price = prices.get(priceKey(type, set.target.regions.cluster))?.monthlyUsd ?? null;
  return set.gone.map((node) => {
    const { label, linodeId: id } = inventory.nodes[node] ?? { label: node, linodeId: 0 };
    return { node, label, id, monthlyUsd: set.alive.includes(node) ? price : 0 };
  });
}

/** What the nodes that stay are told; a web server that is there and not used yet is one line. */
async function changesOf(context: PlanContext, { set, inventory, existing }: FoundWebs): Promise<PlannedChange[]> {
  const { name } = set.target;
  const secrets = await context.services.vault.secrets(name);
  const foreseen = foresee(set.target, inventory, existing);
  const labels = new Set(existing.map(({ label }) => label));
  const found = await Promise.all(
    // Those that let the web servers in come first, as when it is done.
    (["db", "nfs", "lb", "web", "admin"] as const)
      .flatMap((role) => nodesWith(foreseen.cluster, role))
      .map(async (node) => {
        if (set.fresh.includes(node.name)) {
          return labels.has(nodeLabel(name, node.name)) ? [wholeNode(node, "there, not used by both balancers")] : [];
        }
        const stages = webSetStages(foreseen.cluster, node, secrets);
        return differencesOn(context, foreseen, { node, stages });
      }),
  );
  const changes = found.flat().map((change) => ({ ...change, changes: change.changes.flatMap(linesOf) }));
  // Names matter least, and every node has them.
  const isName = ({ key }: PlannedChange) => key === "/etc/hosts";
  return [...changes.filter((change) => !isName(change)), ...changes.filter(isName)];
}

/** What a monitoring file says of a single web server is longer than a plan should be. */
const mostLines = 12;

function linesOf(change: Change): Change[] {
  const lines = lineByLine(change);
  if (lines.length <= mostLines) return lines;
  const less = lines.filter(({ want }) => want === "gone").length;
  const more = lines.filter(({ have }) => have === null).length;
  return [{ field: change.field, have: "as it is", want: `${counted(more, "line")} more, ${less} fewer` }];
}

function sameSize(name: string, count: number): OpsError {
  return new OpsError({
    code: "same_size",
    message: `${name} has ${counted(count, "web server")} already, and all of them are used.`,
    state: "Nothing was changed.",
    hint: `/cluster status ${name} says how they are.`,
  });
}

function summarise(
  target: Blueprint,
  { creates, deletes, changes }: Pick<Plan, "creates" | "deletes" | "changes">,
): string {
  const nodes = new Set(changes.map(({ node }) => node)).size;
  const parts = [
    ...(creates.length === 0
      ? []
      : [`${allOf(creates.map(({ node }) => node))} would be created, proven and then used`]),
    ...(deletes.length === 0
      ? []
      : [`${allOf(deletes.map(({ node }) => node))} would be taken out of use, and deleted once nobody is connected`]),
    ...(changes.length === 0
      ? []
      : [`${counted(changes.length, "thing")} would change on ${counted(nodes, "other node")}`]),
  ];
  return `${target.name} would have ${target.nodes.web.count} web servers: ${parts.join("; ")}.${priceChange(creates, deletes)}`;
}

function priceChange(creates: Plan["creates"], deletes: Plan["deletes"]): string {
  const sum = (list: readonly { readonly monthlyUsd: number | null }[]) =>
    list.reduce<number | null>(
      (total, { monthlyUsd }) => (total === null || monthlyUsd === null ? null : total + monthlyUsd),
      0,
    );
  const [more, less] = [sum(creates), sum(deletes)];
  if (more === null || less === null) return " How much more or less it would cost is not known.";
  if (more === less) return "";
  return ` It would cost $${Math.abs(more - less).toFixed(2)} a month ${more > less ? "more" : "less"} than now.`;
}
