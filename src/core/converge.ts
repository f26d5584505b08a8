import { OpsError } from "./errors.ts";
import type { Item } from "./operation.ts";
import type { Difference, Patience, Target } from "./target.ts";

/** Items that may be changed together; a later stage is checked after the earlier ones are done. */
export interface Stage {
  readonly name: string;
  readonly items: readonly Item[];
}

/** What a convergence found and did. */
export interface Converged {
  readonly checked: number;
  readonly changed: readonly Difference[];
}

/** What would change on a node, from one round trip over all stages. */
export async function differences(
  target: Target,
  items: readonly Item[],
  patience: Patience,
): Promise<readonly Difference[]> {
  const haves = await target.check(items, patience);
  return items.flatMap((item, index) => {
    const have = haves[index];
    const changes = item.operation.diff(have, item.want);
    return changes.length === 0 ? [] : [{ item, have, changes }];
  });
}

/**
 * Brings a node to the wanted state. A node that is already there costs one round trip.
 * @throws OpsError `not_converged` when a difference remains after it was applied.
 */
export async function converge(target: Target, stages: readonly Stage[], patience: Patience): Promise<Converged> {
  const items = stages.flatMap((stage) => stage.items);
  if ((await differences(target, items, patience)).length === 0) return { checked: items.length, changed: [] };
  const changed: Difference[] = [];
  for (const stage of stages) changed.push(...(await convergeStage(target, stage, patience)));
  return { checked: items.length, changed };
}

async function convergeStage(target: Target, stage: Stage, patience: Patience): Promise<readonly Difference[]> {
  const found = await differences(target, stage.items, patience);
  if (found.length === 0) return [];
  await target.apply(found, patience);
  const left = await differences(
    target,
    found.map((difference) => difference.item),
    patience,
  );
  const [first] = left;
  if (first !== undefined) {
    const change = first.changes[0];
    throw new OpsError({
      code: "not_converged",
      node: target.node,
      message: `${first.item.operation.name} ${first.item.key} was changed but is still not as wanted (${change?.field ?? "state"}: have ${brief(change?.have ?? "nothing")}, want ${brief(change?.want ?? "")}).`,
      hint: "Something else may be changing it, or the change was not accepted; look at the node, then run the command again.",
    });
  }
  return found;
}

/** A whole file does not belong into a sentence. */
function brief(value: string): string {
  const [first = "", ...more] = value.split("\n");
  return first.length > 80 || more.length > 0 ? `${first.slice(0, 80)}…` : first;
}
