import type { Cluster, Node } from "../core/cluster.ts";
import { toFailure } from "../core/errors.ts";
import { untold, type Fact, type Told } from "../core/fact.ts";
import type { StepContext } from "../core/playbook.ts";
import type { Services } from "../core/ports.ts";
import { together, type ToldAll } from "../ops/facts/together.ts";

/** Seconds each fact has on its node, and milliseconds the whole round trip has: connecting comes on top. */
export interface Time {
  readonly factSeconds: number;
  readonly deadlineMs: number;
}

/** What a quick look may take: a dead node must not hold up the truth about the others. */
const quick: Time = { factSeconds: 6, deadlineMs: 10_000 };
/** What an inspection may take that starts several programs on a node. */
export const thorough: Time = { factSeconds: 20, deadlineMs: 30_000 };

/** What a node told; `failure` says why nothing at all was told. */
export interface Answer<F extends readonly Fact<unknown>[]> {
  readonly node: Node;
  readonly told: ToldAll<F>;
  readonly failure: string | null;
}

/**
 * Asks a node in one round trip. Never fails, and ends in time: what the node does not tell, or not in time, is not
 * known, and the answer says why.
 * @throws whatever cancels the step
 */
export async function askNode<const F extends readonly Fact<unknown>[]>(
  services: Services,
  cluster: Cluster,
  node: Node,
  facts: F,
  { signal }: Pick<StepContext, "signal">,
  { factSeconds, deadlineMs }: Time = quick,
): Promise<Answer<F>> {
  try {
    const target = services.fleet(cluster.blueprint.name, node);
    const [told] = await target.read([together(facts, factSeconds)], { signal, deadlineMs });
    return { node, told, failure: null };
  } catch (error) {
    signal.throwIfAborted();
    const failure = toFailure(error).message;
    const silent: Told<never>[] = facts.map(() => untold(failure));
    return { node, told: silent as unknown as ToldAll<F>, failure };
  }
}

/** A value, or why it cannot be had. @throws whatever cancels the step */
export async function tried<T>({ signal }: StepContext, work: () => Promise<T>): Promise<Told<T>> {
  try {
    return { known: true, value: await work() };
  } catch (error) {
    signal.throwIfAborted();
    return untold(toFailure(error).message);
  }
}
