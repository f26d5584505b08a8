import type { Cluster } from "../core/cluster.ts";
import { untold, type Told } from "../core/fact.ts";
import type { Sample } from "../core/series.ts";
import { covers } from "../core/watch.ts";
import { together, type Judged } from "../policy/watch/concern.ts";
import type { NodeAnswer } from "./ask-around.ts";
import type { Beat, BeatStates } from "./beat.ts";

/** What is not due, or was not asked of a node, is not known; of a node that does not answer nothing else is told. */
export function judgeBeats(
  all: readonly Beat[],
  due: readonly Beat[],
  answers: readonly NodeAnswer[],
  look: {
    readonly cluster: Cluster;
    readonly now: number;
    readonly last: BeatStates;
    readonly beside: ReadonlyMap<Beat, Told<unknown>>;
    /** Who does not answer, or did not last time and so was asked for nothing more. */
    readonly blind: readonly string[];
  },
): { readonly judged: Judged; readonly samples: readonly Sample[]; readonly beats: BeatStates } {
  const { cluster, now, last: states, beside, blind } = look;
  const results = all.map((beat) => {
    const { name, about } = beat;
    const last = states[name];
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
    const hidden = [...new Set(blind)].flatMap((node) => about.map((words) => `${words} ${node}`));
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
