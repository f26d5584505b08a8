import type { Ending, Raised } from "../core/notice.ts";
import { lasting, utcMinute } from "../core/words.ts";
import type { Telling } from "../policy/watch/memory.ts";
import { movedTitle, type PlannedMove } from "../policy/watch/moves.ts";

type Raise = Extract<Telling, { kind: "raise" }>;
type Resolve = Extract<Telling, { kind: "resolve" }>;

const keyIn = (cluster: string, key: string): string => `watch:${cluster} ${key}`;

/** The notice of a concern: evidence, since when, and what can be done. */
export function notice(cluster: string, { concern, since }: Raise): Raised {
  const { key, severity, title, text, facts, next } = concern;
  const mute = {
    command: `/notices mute ${cluster} 1h "${key}" Muted for an hour with the button of its notice.`,
    label: "Mute 1 h",
  };
  return {
    ...{ topic: "watch", key: keyIn(cluster, key), severity, cluster, title: `${cluster}: ${title}`, text },
    facts: [...facts, ["since", utcMinute(since)]],
    next: next === null ? [mute] : [next, mute],
  };
}

/** What is said when a concern is over. */
export function ending(cluster: string, { concern, since, until }: Resolve): { readonly key: string } & Ending {
  const lasted = lasting(until - since);
  return {
    key: keyIn(cluster, concern.key),
    facts: [["lasted", `${lasted}, from ${utcMinute(since)} to ${utcMinute(until)}`]],
    line: `Over after ${lasted}: ${cluster}: ${concern.title}.`,
  };
}

/** The news that a run moved something. `now` is in milliseconds since 1970. */
export function news(cluster: string, move: PlannedMove, by: string, now: number): Raised {
  const { role, from, to } = move;
  return {
    ...{ topic: "watch", key: `${keyIn(cluster, `moved ${role}`)} ${now}`, severity: "info", cluster },
    title: `${cluster}: ${movedTitle(move)}`,
    text: `${by} moved it.`,
    facts: [
      ["before", from],
      ["now", to],
    ],
  };
}
