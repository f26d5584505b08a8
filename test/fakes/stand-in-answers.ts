import { toCluster, type Node } from "../../src/core/cluster.ts";
import { toFailure, type Failure } from "../../src/core/errors.ts";
import type { Item } from "../../src/core/operation.ts";
import type { Difference, Fence } from "../../src/core/target.ts";
import { knock } from "../../src/sim/ports.ts";
import { simulatedTarget } from "../../src/sim/target.ts";
import type { States, World } from "../../src/sim/world.ts";
import type { Question } from "./wire.ts";

/** One thing that was asked to be changed on a node. */
export interface Applied {
  readonly node: string;
  /** `operation/key`. */
  readonly item: string;
  readonly fence: Fence | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Why the node did not do it; `null` when it did. */
  readonly refused: Failure | null;
}

/** What all nodes hold, and what they were asked. */
export interface Standing {
  readonly states: Map<string, States>;
  readonly applied: Applied[];
}

/** Answers as the node of this name, whose states are held as a simulated node holds them. */
export async function answer(name: string, question: Question, standing: Standing): Promise<unknown> {
  const held = standing.states.get(name) ?? new Map<string, object>();
  standing.states.set(name, held);
  const world = () => worldOf(question, standing);
  const target = simulatedTarget(nodeOf(name, question), held, async () => world(), 0);
  // The one who asks gives up by closing the channel, which undoes nothing.
  const { signal } = new AbortController();
  switch (question.ask) {
    case "check":
      return target.check(question.items.map(toItem), { signal });
    case "read":
      return target.read(question.facts as never, { signal });
    case "scan":
      return Object.fromEntries(
        question.targets.map(({ address, ports }) => [
          address,
          Object.fromEntries(ports.map((port) => [port, knock(world(), question.from, address, port)])),
        ]),
      );
    case "apply": {
      const { differences, fence } = question;
      const log = (refused: Failure | null) => {
        const at = Date.now();
        for (const { operation, key } of differences) {
          standing.applied.push({ node: name, item: `${operation}/${key}`, fence, at, refused });
        }
      };
      try {
        const wanted: Difference[] = differences.map((one) => ({ item: toItem(one), have: undefined, changes: [] }));
        await target.apply(wanted, { signal, ...(fence === undefined ? {} : { fence }) });
        log(null);
      } catch (error) {
        log(toFailure(error));
        throw error;
      }
    }
  }
}

/** Of an operation, a simulated node knows no more than its name. */
function toItem({ operation, key, want = {} }: { operation: string; key: string; want?: object }): Item {
  return { operation: { name: operation } as Item["operation"], key, want };
}

function worldOf(question: Question, { states }: Standing): World {
  if (!("cluster" in question)) throw new TypeError(`${question.ask} asks nothing of the world`);
  const { blueprint, inventory } = question.cluster;
  const cluster = toCluster(blueprint, inventory);
  if (cluster === undefined) throw new Error(`the cluster ${blueprint.name} is not whole yet`);
  return { cluster, states };
}

/** A node that is only asked for states and changes needs no more than its name. */
function nodeOf(name: string, question: Question): Node {
  const nodes = "cluster" in question ? toCluster(question.cluster.blueprint, question.cluster.inventory)?.nodes : [];
  return nodes?.find((node) => node.name === name) ?? ({ name } as Node);
}
