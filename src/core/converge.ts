import { OpsError, toFailure } from "./errors.ts";
import type { Item } from "./operation.ts";
import type { Difference, Patience, Steady, Target } from "./target.ts";
import { counted } from "./words.ts";

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
 * that changes something two more: one to change it, one that proves it and looks at what is left to do. When it is
 * cancelled, the stage that is begun is still brought to its end.
 * @throws OpsError `not_converged` when a difference remains after it was applied, `cancelled` with how far it came.
 */
export async function converge(target: Target, stages: readonly Stage[], context: Steady): Promise<Converged> {
  const { signal, steady, ...rest } = context;
  const patience = { ...rest, signal: steady };
  const items = stages.flatMap((stage) => stage.items);
  const changed: Difference[] = [];
  let found = await differences(target, items, { ...rest, signal });
  for (const [index, stage] of stages.entries()) {
    const due = found.filter(({ item }) => stage.items.includes(item));
    if (due.length === 0) continue;
    if (signal.aborted) throw cancelled(target.node, index, stages.length, signal.reason);
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

function cancelled(node: string, done: number, total: number, reason: unknown): OpsError {
  const { message, hint } = toFailure(reason);
  return new OpsError({
    code: "cancelled",
    node,
    message,
    state:
      done === 0
        ? `Nothing was changed on ${node}.`
        : `${done} of ${counted(total, "stage")} ${done === 1 ? "is" : "are"} done on ${node}; the rest was not touched.`,
    ...(hint === undefined ? {} : { hint }),
  });
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
