import type { Blueprint } from "../../src/core/cluster.ts";
import { plannedNodes } from "../../src/core/cluster.ts";
import { tokenLacks, type NodePrice } from "../../src/core/cloud.ts";
import { OpsError } from "../../src/core/errors.ts";
import type { PlanContext } from "../../src/core/playbook.ts";

/** @throws OpsError `unknown_cluster` when nobody has described this cluster. */
export async function loadBlueprint({ services }: Pick<PlanContext, "services">, name: string): Promise<Blueprint> {
  const blueprint = await services.clusters.blueprint(name);
  if (blueprint !== undefined) return blueprint;
  const known = await services.clusters.list();
  throw new OpsError({
    code: "unknown_cluster",
    message: `There is no cluster named ${name}.`,
    hint: `Known: ${known.join(", ") || "none"}. Describe it under “clusters” in nonet.yaml.`,
  });
}

/** Monthly prices by plan for both regions. */
export type Prices = ReadonlyMap<string, NodePrice>;

/** Key of a price: plan and region. */
export const priceKey = (type: string, region: string): string => `${type}@${region}`;

/**
 * Holds the blueprint against what the provider offers, before anything is touched.
 * @throws OpsError naming a scope that the token lacks, an unknown region, one without VLANs, or an unknown plan.
 */
export async function checkOffer(context: PlanContext, blueprint: Blueprint): Promise<Prices> {
  const { cloud } = context.services;
  const { missing } = await cloud.whoAmI(context);
  if (missing.length > 0) throw tokenLacks(missing);
  const regions = await cloud.regions(context);
  for (const [key, id] of Object.entries(blueprint.regions)) {
    const region = regions.find((candidate) => candidate.id === id);
    const problem =
      region === undefined
        ? `There is no region ${id}.`
        : key === "cluster" && !region.capabilities.includes("Vlans")
          ? `The region ${id} has no VLANs.`
          : undefined;
    if (problem !== undefined) {
      const fit = regions.filter(({ capabilities }) => capabilities.includes("Vlans")).map((candidate) => candidate.id);
      throw new OpsError({ code: "bad_region", message: problem, hint: `Choose one of: ${fit.join(", ")}.` });
    }
  }
  if (blueprint.regions.cluster === blueprint.regions.admin) {
    throw new OpsError({
      code: "bad_region",
      message: `The admin node must not be in the cluster's own region ${blueprint.regions.admin}.`,
      hint: "It holds the deciding vote and the monitoring: give regions.admin another data centre.",
    });
  }
  const prices = new Map<string, NodePrice>();
  for (const region of new Set(Object.values(blueprint.regions))) {
    const types = plannedNodes(blueprint).filter((node) => node.region === region);
    const found = await cloud.prices([...new Set(types.map(({ type }) => type))], region, context);
    for (const [type, price] of found) prices.set(priceKey(type, region), price);
  }
  return prices;
}

/** What all nodes and the extra address cost per month, in US dollars; `null` where a price is not known. */
export function monthlyTotal(blueprint: Blueprint, prices: Prices, extraIpv4: number | null): number | null {
  let total = extraIpv4 ?? 0;
  for (const { type, region } of plannedNodes(blueprint)) {
    const price = prices.get(priceKey(type, region));
    if (price === undefined) return null;
    total += price.monthlyUsd;
  }
  return total;
}
