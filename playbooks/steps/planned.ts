import { nodeLabel, plannedNodes, type Blueprint, type Node } from "../../src/core/cluster.ts";
import { differences, type Stage } from "../../src/core/converge.ts";
import { toFailure, type Failure } from "../../src/core/errors.ts";
import type { Plan, PlannedChange } from "../../src/core/plan.ts";
import type { PlanContext } from "../../src/core/playbook.ts";
import { priceKey, type Prices } from "./blueprint.ts";
import type { Foreseen } from "./foresee.ts";

/** The machines a blueprint wants that none of these labels is of. */
export function missing(blueprint: Blueprint, labels: ReadonlySet<string>, prices: Prices): Plan["creates"] {
  return plannedNodes(blueprint).flatMap(({ name, region, type }) => {
    const label = nodeLabel(blueprint.name, name);
    if (labels.has(label)) return [];
    return [{ node: name, label, region, type, monthlyUsd: prices.get(priceKey(type, region))?.monthlyUsd ?? null }];
  });
}

/** What differs of these stages on a node that is known. */
export async function differencesOn(
  context: PlanContext,
  { cluster, say }: Foreseen,
  { node, stages }: { readonly node: Node; readonly stages: readonly Stage[] },
): Promise<PlannedChange[]> {
  const items = stages.flatMap((stage) => stage.items);
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
    context.signal.throwIfAborted();
    // It is said so in the plan; whoever carries it out finds out more and says what to do.
    const failure = toFailure(error);
    context.say(`${node.name}: ${failure.message}`);
    return [wholeNode(node, `unknown: ${whyUnread(failure)}`)];
  }
}

/**
 * Why a node could not be read, in words that are the same at each try: a plan is a promise, and a node that is off must not
 * make another one of it by the port that was tried last.
 */
function whyUnread({ code, message }: Failure): string {
  const silent = ["unreachable", "connection_lost", "deadline"].includes(code);
  return silent ? "it does not answer over SSH" : message;
}

/** A machine of which only its state as a whole can be told. */
export const wholeNode = ({ name }: Node, have: string): PlannedChange => ({
  node: name,
  operation: "node",
  key: name,
  changes: [{ field: "state", have, want: "as described" }],
});
