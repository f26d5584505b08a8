import type { Cluster, Node } from "../core/cluster.ts";
import type { Fact, Told } from "../core/fact.ts";
import type { StepContext } from "../core/playbook.ts";
import type { Services } from "../core/ports.ts";
import type { Sample } from "../core/series.ts";
import type { ToldAll } from "../ops/facts/together.ts";
import type { Judged } from "../policy/watch/concern.ts";

/** What a node told of the facts of a beat; times are milliseconds since 1970. */
export interface Answer<T extends readonly Told<unknown>[] = readonly Told<unknown>[]> {
  readonly node: Node;
  readonly told: T;
  readonly asked: number;
  readonly answered: number;
}

/** What a beat judges its answers by. */
interface BeatLook {
  readonly cluster: Cluster;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What it kept at its last look, plain JSON; `null` at the first. */
  readonly before: unknown;
  /** What was asked beside the nodes; `null` where nothing is. */
  readonly beside: Told<unknown>;
}

/** What a beat made of its answers. */
interface BeatResult {
  readonly judged: Judged;
  readonly samples?: readonly Sample[];
  /** What it wants to know at its next look; plain JSON. */
  readonly keep?: unknown;
}

/** By name of the beat, when it was looked at last (milliseconds since 1970) and what it kept. */
export type BeatStates = Readonly<Record<string, { readonly at: number; readonly keep: unknown }>>;

/** Something that is looked at now and then, in the same round trip as whatever else is due. */
export interface Beat {
  readonly name: string;
  /** First words of all keys it may find: between its looks nobody knows better. */
  readonly about: readonly string[];
  readonly everyMs: number;
  /** Asked at the same time as the nodes: the provider, or the bot's own store. */
  readonly beside?: (services: Services, cluster: Cluster, context: StepContext) => Promise<unknown>;
  /** What a node is asked; nothing, where it is not about that node. */
  readonly facts: (cluster: Cluster, node: Node) => readonly Fact<unknown>[];
  /** Pure. Nodes that were asked nothing are not among the answers. */
  readonly judge: (answers: readonly Answer[], look: BeatLook) => BeatResult;
}

/** Declares a beat whose judge knows what its facts tell. */
export function beat<const F extends readonly Fact<unknown>[], B = null>(
  parts: Omit<Beat, "facts" | "judge" | "beside"> & {
    readonly beside?: (services: Services, cluster: Cluster, context: StepContext) => Promise<B>;
    readonly facts: (cluster: Cluster, node: Node) => F | null;
    readonly judge: (
      answers: readonly Answer<ToldAll<F>>[],
      look: Omit<BeatLook, "beside"> & { readonly beside: Told<B> },
    ) => BeatResult;
  },
): Beat {
  const { facts, judge } = parts;
  return {
    ...parts,
    facts: (...of) => facts(...of) ?? [],
    // What was told is what was asked.
    judge: (answers, look) => judge(answers as unknown as readonly Answer<ToldAll<F>>[], look as never),
  };
}
