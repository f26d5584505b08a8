import type { Cluster, Node } from "../core/cluster.ts";
import { untold, type Fact, type Told } from "../core/fact.ts";
import type { Json } from "../core/json.ts";
import type { Services } from "../core/ports.ts";
import type { Sample } from "../core/series.ts";
import type { Slots } from "../core/slots.ts";
import { covers, isMuted, type Kept, type Mute, type OpenConcern } from "../core/watch.ts";
import { askNode } from "../look/ask.ts";
import { lookOf, truthFacts } from "../look/look.ts";
import type { Look, Seen } from "../policy/truth/seen.ts";
import { together, type Judged } from "../policy/watch/concern.ts";
import { advance, openIn, type Memory } from "../policy/watch/memory.ts";
import { judgeMoves, type Homes } from "../policy/watch/moves.ts";
import { judgeLag, samplesOf, wordsOf } from "../policy/watch/numbers.ts";
import { isGone } from "../policy/watch/silence.ts";
import { judgeTruth } from "../policy/watch/truth.ts";
import type { Answer, Beat, BeatStates } from "./beat.ts";
import { dueOf, longAgo } from "./due.ts";
import { inTime } from "./in-time.ts";
import { slower, timeFor, type Pace } from "./pace.ts";
import type { Provider } from "./provider.ts";
import { ending, news, notice } from "./words.ts";

/** What the next look has to know; plain JSON. */
export interface Recollection {
  readonly concerns: Memory;
  readonly homes: Homes;
  readonly beats: BeatStates;
  /** Nodes that did not answer. */
  readonly silent: readonly string[];
  readonly pace: Pace;
  readonly explained: boolean;
}

/** Before the first look. */
export const nothingYet: Recollection = { concerns: {}, homes: {}, beats: {}, silent: [], pace: {}, explained: false };

/** What a look works with. */
export interface RoundParts {
  readonly services: Services;
  readonly provider: Provider;
  readonly beats: readonly Beat[];
  /** Places for nodes that are asked at once: those that answered last, and those that did not. */
  readonly slots: { readonly sound: Slots; readonly silent: Slots };
  /** The run that changes the cluster, as it is called. */
  readonly busy: () => Promise<string | null>;
  readonly mutes: () => Promise<readonly Mute[]>;
  readonly signal: AbortSignal;
}

/** What a look came to. */
export interface Looked {
  readonly kept: Kept;
  readonly samples: readonly Sample[];
  /** Milliseconds the slowest node took that answered. */
  readonly slowestMs: number;
}

/** What a node told in its round trip. */
interface NodeAnswer {
  readonly look: Look;
  /** By beat. */
  readonly beats: ReadonlyMap<Beat, Answer>;
  readonly tookMs: number;
}

/** Looks at a cluster once, one round trip for each node, and says what is to be told. @throws whatever aborts `signal` */
export async function lookAround(parts: RoundParts, cluster: Cluster, before: Recollection): Promise<Looked> {
  const { services, provider, signal } = parts;
  const began = services.clock.now();
  const busyBefore = await parts.busy();
  // Once a run is through, everything is looked at anew.
  const last = before.explained && busyBefore === null ? longAgo(before.beats) : before.beats;
  const due = dueOf(parts.beats, last, began);
  const [early, beside, ...answers] = await Promise.all([
    provider.ask(cluster, signal, before.silent.length > 0),
    askBeside(parts, cluster, due),
    ...cluster.nodes.map((node) => ask(parts, cluster, node, { due, before })),
  ]);
  const looks = answers.map(({ look }) => look);
  const silent = looks.flatMap(({ node, failure }) => (failure === null ? [] : [node.name]));
  const isNews = silent.some((name) => !before.silent.includes(name));
  const seen: Seen = { cluster, looks, provider: isNews ? await provider.ask(cluster, signal, true) : early };
  const explainedBy = busyBefore ?? (await parts.busy());
  const explained = explainedBy !== null;
  const now = services.clock.now();
  const moves = judgeMoves(seen, before.homes, { now, explained });
  const beaten = judgeBeats(parts.beats, due, answers, {
    cluster,
    now,
    before: { ...before, beats: last },
    beside,
    silent,
  });
  const judged = together(judgeTruth(seen), judgeLag(seen), moves.judged, beaten.judged);
  const mutes = await parts.mutes();
  const muted = (key: string) => isMuted(mutes, key);
  const { memory, tellings } = advance(before.concerns, judged, { now, explained, muted });
  const { name } = cluster.blueprint;
  const recollection: Recollection = {
    concerns: memory,
    homes: moves.homes,
    beats: beaten.beats,
    silent,
    pace: paceAfter(seen, answers, before),
    explained,
  };
  const kept: Kept = {
    memory: recollection as unknown as Json,
    round: {
      ...{ cluster: name, at: now, tookMs: now - began, nodes: looks.length, silent, explainedBy },
      beats: parts.beats.map(({ name: beat, everyMs }) => ({ name: beat, everyMs, at: beaten.beats[beat]?.at ?? 0 })),
      open: openConcerns(memory),
    },
    words: wordsOf(seen),
    raised: [
      ...moves.planned.map((move) => news(name, move, explainedBy ?? "a run", now)),
      ...tellings.flatMap((telling) => (telling.kind === "raise" ? [notice(name, telling)] : [])),
    ],
    resolved: tellings.flatMap((telling) => (telling.kind === "resolve" ? [ending(name, telling)] : [])),
  };
  const took = new Map(answers.map(({ look, tookMs }) => [look.node.name, tookMs]));
  return { kept, samples: [...samplesOf(seen, took), ...beaten.samples], slowestMs: slowestOf(answers) };
}

/** Milliseconds. */
const slowestOf = (answers: readonly NodeAnswer[]): number =>
  Math.max(0, ...answers.map(({ look, tookMs }) => (look.failure === null ? tookMs : 0)));

/** Asks a node for the truth and for what else is due, all at once. */
async function ask(
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
    const time = timeFor(before.pace[node.name], facts.length > truth.length);
    const { failure, told } = await askNode(services, cluster, node, facts, { signal }, time);
    const answered = services.clock.now();
    let at = truth.length;
    const beats = further.flatMap(({ beat, facts: own }) => {
      const of = told.slice(at, (at += own.length));
      return own.length === 0 ? [] : [[beat, { node, told: of, asked, answered }] as const];
    });
    return { look: lookOf(node, parts, failure, told), beats: new Map(beats), tookMs: answered - asked };
  } finally {
    release();
  }
}

/** Milliseconds for what is asked beside the nodes. */
const besideMs = 3500;

/** What is due and told by others than the nodes. */
async function askBeside(
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

/** What is not due, or was not asked of a node, is not known; of a node that does not answer nothing else is told. */
function judgeBeats(
  all: readonly Beat[],
  due: readonly Beat[],
  answers: readonly NodeAnswer[],
  look: {
    readonly cluster: Cluster;
    readonly now: number;
    readonly before: Recollection;
    readonly beside: ReadonlyMap<Beat, Told<unknown>>;
    readonly silent: readonly string[];
  },
): { readonly judged: Judged; readonly samples: readonly Sample[]; readonly beats: BeatStates } {
  const { cluster, now, before, beside, silent } = look;
  const results = all.map((beat) => {
    const { name, about } = beat;
    const last = before.beats[name];
    if (!due.includes(beat)) return { name, state: last, judged: { concerns: [], unknown: about }, samples: [] };
    const told = answers.flatMap(({ beats }) => beats.get(beat) ?? []);
    const {
      judged,
      samples = [],
      keep = null,
    } = beat.judge(told, {
      ...{ cluster, now, before: last?.keep ?? null },
      beside: beside.get(beat) ?? untold("it was not asked"),
    });
    // Who did not answer last was asked for nothing more.
    const blind = [...new Set([...silent, ...before.silent])];
    const hidden = blind.flatMap((node) => about.map((words) => `${words} ${node}`));
    const concerns = judged.concerns.filter(({ key }) => !hidden.some((words) => covers(words, key)));
    const unknown = [...judged.unknown, ...hidden];
    return { name, state: { at: now, keep }, judged: { concerns, unknown }, samples };
  });
  return {
    judged: together(...results.map((result) => result.judged)),
    samples: results.flatMap(({ samples }) => samples),
    beats: Object.fromEntries(results.flatMap(({ name, state }) => (state === undefined ? [] : [[name, state]]))),
  };
}

const paceAfter = (seen: Seen, answers: readonly NodeAnswer[], { pace }: Recollection): Pace =>
  Object.fromEntries(
    answers.map(({ look, tookMs }) => {
      const { name } = look.node;
      if (look.failure === null) return [name, tookMs];
      return [name, isGone(seen, look) ? (pace[name] ?? 0) : slower(pace[name])];
    }),
  );

function openConcerns(memory: Memory): OpenConcern[] {
  return openIn(memory)
    .map(({ concern: { key, severity, title }, since, told }) => ({ key, severity, title, since, told: told !== null }))
    .toSorted((a, b) => a.since - b.since);
}
