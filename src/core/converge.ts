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
 * Brings a node to the wanted state, stage by stage. A node that is already there costs one round trip, and each stage
 * that changes something two more: one to change it, one that proves it and looks at what is left to do.
 * @throws OpsError `not_converged` when a difference remains after it was applied.
 */
export async function converge(target: Target, stages: readonly Stage[], patience: Patience): Promise<Converged> {
  const items = stages.flatMap((stage) => stage.items);
  const changed: Difference[] = [];
  let found = await differences(target, items, patience);
  for (const [index, stage] of stages.entries()) {
    const due = found.filter(({ item }) => stage.items.includes(item));
    if (due.length === 0) continue;
    await target.apply(due, patience);
    const done = due.map(({ item }) => item);
    // Later stages are looked at anew, because what was just changed may matter to them.
    const later = stages.slice(index + 1).flatMap((one) => one.items);
    found = await differences(target, [...done, ...later], patience);
    const left = found.find(({ item }) => done.includes(item));
    if (left !== undefined) throw notConverged(target.node, left);
    changed.push(...due);
  }
  return { checked: items.length, changed };
}

function notConverged(node: string, { item, changes: [change] }: Difference): OpsError {
  return new OpsError({
    code: "not_converged",
    node,
    message: `${item.operation.name} ${item.key} was changed but is still not as wanted (${change?.field ?? "state"}: have ${brief(change?.have ?? "nothing")}, want ${brief(change?.want ?? "")}).`,
    hint: "Something else may be changing it, or the change was not accepted; look at the node, then run the command again.",
  });
}

/** A whole file does not belong into a sentence. */
function brief(value: string): string {
  const [first = "", ...more] = value.split("\n");
  return first.length > 80 || more.length > 0 ? `${first.slice(0, 80)}…` : first;
}
