import type { Node } from "../core/cluster.ts";
import { OpsError } from "../core/errors.ts";
import { demandFence, refusal } from "../core/fence.ts";
import type { Fence, Target } from "../core/target.ts";
import { answers } from "./answers.ts";
import { stateName, type States, type World } from "./world.ts";

/** Milliseconds a simulated round trip takes: enough for a checklist that can be followed. */
const usualRoundTripMs = 20;

/** The fence of the last change, beside the states it belongs to. */
const remembered = new WeakMap<States, { readonly fence: Fence; readonly at: number }>();

/**
 * A node in memory: it holds the state of each operation and answers facts from those. No shell is imitated.
 * @param world asked anew at each call: which nodes there are changes while a cluster is built
 */
export function simulatedTarget(
  node: Node,
  held: States,
  world: () => Promise<World>,
  roundTripMs = usualRoundTripMs,
): Target {
  const trip = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      signal.throwIfAborted();
      const abort = () => reject(signal.reason as Error);
      const timer = setTimeout(() => {
        signal.removeEventListener("abort", abort);
        resolve();
      }, roundTripMs);
      signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
      signal.addEventListener("abort", abort, { once: true });
    });
  return {
    node: node.name,
    async read(facts, { signal }) {
      await trip(signal);
      const now = await world();
      return facts.map(({ name, query }) => {
        const answer = answers[name];
        if (answer !== undefined) return answer(now, node, query);
        throw new OpsError({
          code: "not_simulated",
          node: node.name,
          message: `Simulated nodes cannot tell “${name}”.`,
        });
      }) as never;
    },
    async check(items, { signal }) {
      await trip(signal);
      return items.map(({ operation, key }) => held.get(stateName(operation.name, key)));
    },
    async apply(differences, { signal, fence: given }) {
      const fence = demandFence(node.name, given);
      await trip(signal);
      const last = remembered.get(held);
      const seconds = Math.floor((Date.now() - (last?.at ?? 0)) / 1000);
      const refused = last === undefined ? undefined : refusal(node.name, fence, { ...last.fence, seconds });
      if (refused !== undefined) throw refused;
      remembered.set(held, { fence, at: Date.now() });
      for (const { item } of differences) held.set(stateName(item.operation.name, item.key), item.want);
    },
  };
}
