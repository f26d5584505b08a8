import type { Cluster, Node } from "../core/cluster.ts";
import { untold, type Fact, type Told } from "../core/fact.ts";
import { askNode } from "../look/ask.ts";
import { lookOf, truthFacts } from "../look/look.ts";
import type { Look } from "../policy/truth/seen.ts";
import type { Answer, Beat } from "./beat.ts";
import { inTime } from "./in-time.ts";
import { timeFor } from "./pace.ts";
import type { Recollection, RoundParts } from "./recollection.ts";

/** What a node told in its round trip. */
export interface NodeAnswer {
  readonly look: Look;
  /** By beat. */
  readonly beats: ReadonlyMap<Beat, Answer>;
  /** When it was asked last; milliseconds since 1970. */
  readonly askedAt: number;
  /** `null` for one that was left in peace. */
  readonly tookMs: number | null;
}

/** Of a node that is left in peace nothing is known, and nothing is wrong with that. */
export function atRest(cluster: Cluster, node: Node, { asked }: Recollection): NodeAnswer {
  const parts = truthFacts(cluster, node);
  const told = Object.keys(parts).map(() => untold("it was not asked this time"));
  return { look: lookOf(node, parts, null, told), beats: new Map(), askedAt: asked[node.name] ?? 0, tookMs: null };
}

/** Asks a node for the truth and for what else is due, all at once. */
export async function ask(
  { services, slots, signal }: RoundParts,
  cluster: Cluster,
  node: Node,
  { due, before }: { readonly due: readonly Beat[]; readonly before: Recollection },
): Promise<NodeAnswer> {
  const isSilent = before.silent.includes(node.name);
  const release = await slots[isSilent ? "silent" : "sound"].take(signal);
  try {
    const parts = truthFacts(cluster, node);
    const truth: readonly Fact<unknown>[] = Object.values(parts);
    // One that hangs is not kept waiting for what takes longer.
    const further = isSilent ? [] : due.map((beat) => ({ beat, facts: beat.facts(cluster, node) }));
    const facts = [...truth, ...further.flatMap((one) => one.facts)];
    const asked = services.clock.now();
    const time = timeFor(before.pace[node.name], facts.length > truth.length ? "heavy" : isSilent ? "silent" : "sound");
    const { failure, told } = await askNode(services, cluster, node, facts, { signal }, time);
    const answered = services.clock.now();
    let at = truth.length;
    const beats = further.flatMap(({ beat, facts: own }) => {
      const of = told.slice(at, (at += own.length));
      return own.length === 0 ? [] : [[beat, { node, told: of, asked, answered }] as const];
    });
    return {
      look: lookOf(node, parts, failure, told),
      beats: new Map(beats),
      askedAt: asked,
      tookMs: answered - asked,
    };
  } finally {
    release();
  }
}

/** Milliseconds for what is asked beside the nodes. */
const besideMs = 3500;

/** What is due and told by others than the nodes. */
export async function askBeside(
  { services, signal }: RoundParts,
  cluster: Cluster,
  due: readonly Beat[],
): Promise<ReadonlyMap<Beat, Told<unknown>>> {
  const asked = due.map(async (beat) => {
    const { beside } = beat;
    const none: Told<unknown> = { known: true, value: null };
    return [
      beat,
      beside === undefined ? none : await inTime(signal, besideMs, (context) => beside(services, cluster, context)),
    ] as const;
  });
  return new Map(await Promise.all(asked));
}
