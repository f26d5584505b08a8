import type { Cluster, Node } from "../core/cluster.ts";
import type { Fact, Told } from "../core/fact.ts";
import type { Json } from "../core/json.ts";
import type { Sample } from "../core/series.ts";
import { filterState } from "../ops/facts/filter.ts";
import type { ToldAll } from "../ops/facts/together.ts";
import { firewallRules } from "../policy/firewall.ts";
import { together, type Judged } from "../policy/watch/concern.ts";
import { judgeFirewall } from "../policy/watch/firewall.ts";

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
  /** What it kept at its last look; `null` at the first. */
  readonly before: Json;
}

/** What a beat made of its answers. */
interface BeatResult {
  readonly judged: Judged;
  readonly samples?: readonly Sample[];
  /** What it wants to know at its next look. */
  readonly keep?: Json;
}

/** Something that is looked at now and then, in the same round trip as whatever else is due. */
export interface Beat {
  readonly name: string;
  /** First words of all keys it may find: between its looks nobody knows better. */
  readonly about: readonly string[];
  readonly everyMs: number;
  /** What a node is asked; nothing, where it is not about that node. */
  readonly facts: (cluster: Cluster, node: Node) => readonly Fact<unknown>[];
  /** Pure. Nodes that were asked nothing are not among the answers. */
  readonly judge: (answers: readonly Answer[], look: BeatLook) => BeatResult;
}

/** Declares a beat whose judge knows what its facts tell. */
function beat<const F extends readonly Fact<unknown>[]>(
  parts: Omit<Beat, "facts" | "judge"> & {
    readonly facts: (cluster: Cluster, node: Node) => F | null;
    readonly judge: (answers: readonly Answer<ToldAll<F>>[], look: BeatLook) => BeatResult;
  },
): Beat {
  const { facts, judge } = parts;
  return {
    ...parts,
    facts: (...of) => facts(...of) ?? [],
    // What was told is what these facts tell.
    judge: (answers, look) => judge(answers as unknown as readonly Answer<ToldAll<F>>[], look),
  };
}

const minuteMs = 60_000;

/** Every five minutes: a change of the rules matters at once, and reading them is cheap. */
const firewall = beat({
  name: "firewall",
  about: ["firewall"],
  everyMs: 5 * minuteMs,
  facts: (cluster, node) => [filterState(firewallRules(cluster, node))],
  judge: (answers, { cluster }) => ({
    judged: together(...answers.map(({ node, told: [filter] }) => judgeFirewall(cluster, node, filter))),
  }),
});

/** All of them. */
export const beats: readonly Beat[] = [firewall];
