import type { Cluster } from "../core/cluster.ts";
import type { Json } from "../core/json.ts";
import type { Sample } from "../core/series.ts";
import { isMuted, type Kept, type OpenConcern, type Snapshot } from "../core/watch.ts";
import { isFine } from "../policy/finding.ts";
import { topologyOf } from "../policy/truth/drawing.ts";
import { truth } from "../policy/truth/rows.ts";
import type { Seen } from "../policy/truth/seen.ts";
import { together } from "../policy/watch/concern.ts";
import { advance, openIn, type Memory, type Telling } from "../policy/watch/memory.ts";
import { judgeMoves } from "../policy/watch/moves.ts";
import { judgeLag, samplesOf, wordsOf } from "../policy/watch/numbers.ts";
import { isGone } from "../policy/watch/silence.ts";
import { judgeTruth } from "../policy/watch/truth.ts";
import { ask, askBeside, atRest, type NodeAnswer } from "./ask-around.ts";
import { dueOf, longAgo } from "./due.ts";
import { judgeBeats } from "./judge-beats.ts";
import { restingIn, slower, type Pace } from "./pace.ts";
import type { Recollection, RoundParts } from "./recollection.ts";
import { ending, news, notice } from "./words.ts";

/** What a look came to. */
export interface Looked {
  readonly kept: Kept;
  readonly samples: readonly Sample[];
  /** Somebody fell silent; to be sure why, the next look is to follow at once. */
  readonly isUnsure: boolean;
}

/** Looks at a cluster once, one round trip for each node, and says what is to be told. @throws whatever aborts `signal` */
export async function lookAround(parts: RoundParts, cluster: Cluster, before: Recollection): Promise<Looked> {
  const { services, provider, signal } = parts;
  const began = services.clock.now();
  const busyBefore = await parts.busy();
  // Once a run is through, everything is looked at anew.
  const last = before.explained && busyBefore === null ? longAgo(before.beats) : before.beats;
  const resting = restingIn(cluster, before, began);
  // What takes more is asked of all nodes at once, or of none.
  const due = resting.size === 0 ? dueOf(parts.beats, last, began) : [];
  const [early, beside, ...answers] = await Promise.all([
    provider.ask(cluster, signal, before.silent.length > 0),
    askBeside(parts, cluster, due),
    ...cluster.nodes.map((node) =>
      resting.has(node.name) ? atRest(cluster, node, before) : ask(parts, cluster, node, { due, before }),
    ),
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
    last,
    beside,
    blind: [...silent, ...before.silent],
  });
  const judged = together(judgeTruth(seen), judgeLag(seen), moves.judged, beaten.judged);
  const mutes = await parts.mutes();
  const muted = (key: string) => isMuted(mutes, key);
  const { memory, tellings } = advance(before.concerns, judged, { now, explained, muted });
  const { name } = cluster.blueprint;
  const snapshot = resting.size === 0 ? snapshotOf(seen, now) : before.snapshot;
  const recollection: Recollection = {
    ...{ concerns: memory, homes: moves.homes, beats: beaten.beats, silent, explained, snapshot },
    pace: paceAfter(seen, answers, before),
    asked: { ...before.asked, ...Object.fromEntries(answers.map((one) => [one.look.node.name, one.askedAt])) },
  };
  const beats = parts.beats.map(({ name: beat, everyMs }) => ({
    name: beat,
    everyMs,
    at: beaten.beats[beat]?.at ?? 0,
  }));
  const kept: Kept = {
    memory: recollection as unknown as Json,
    round: {
      ...{ cluster: name, at: now, tookMs: now - began, nodes: looks.length, silent, explainedBy, beats, snapshot },
      open: openConcerns(memory),
    },
    words: wordsOf(seen),
    raised: [
      ...moves.planned.map((move) => news(name, move, explainedBy ?? "a run", now)),
      ...raisedBy(name, tellings),
    ],
    resolved: tellings.flatMap((telling) => (telling.kind === "resolve" ? [ending(name, telling)] : [])),
  };
  return { kept, samples: [...samplesOf(seen, tookIn(answers)), ...beaten.samples], isUnsure: isNews };
}

const minuteMs = 60_000;

function snapshotOf(seen: Seen, now: number): Snapshot {
  const rows = truth(seen);
  const findings = rows.flatMap((row) => row.findings);
  const drawing = topologyOf(seen, rows, Math.floor(now / minuteMs) * minuteMs);
  return { at: now, ok: isFine(findings), verdict: drawing.verdict, drawing };
}

const raisedBy = (cluster: string, tellings: readonly Telling[]) =>
  tellings.flatMap((telling) => (telling.kind === "raise" ? [notice(cluster, telling)] : []));

const tookIn = (answers: readonly NodeAnswer[]): ReadonlyMap<string, number> =>
  new Map(answers.flatMap(({ look, tookMs }) => (tookMs === null ? [] : [[look.node.name, tookMs]])));

const paceAfter = (seen: Seen, answers: readonly NodeAnswer[], { pace }: Recollection): Pace =>
  Object.fromEntries(
    answers.map(({ look, tookMs }) => {
      const { name } = look.node;
      if (tookMs === null) return [name, pace[name] ?? 0];
      if (look.failure === null) return [name, tookMs];
      return [name, isGone(seen, look) ? (pace[name] ?? 0) : slower(pace[name])];
    }),
  );

function openConcerns(memory: Memory): OpenConcern[] {
  return openIn(memory)
    .map(({ concern: { key, severity, title }, since, told }) => ({ key, severity, title, since, told: told !== null }))
    .toSorted((a, b) => a.since - b.since);
}
