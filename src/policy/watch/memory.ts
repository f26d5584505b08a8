import { reaches, type Severity } from "../../core/notice.ts";
import { covers } from "../../core/watch.ts";
import type { Concern, Judged } from "./concern.ts";

const minuteMs = 60_000;
/** What begins this often within `flapMs` flaps: once may be chance and twice a relapse, the third time is a pattern. */
const flapTimes = 3;
/** Milliseconds. Long enough for a Pacemaker that recovers a resource every ten minutes (its usual failure timeout). */
export const flapMs = 30 * minuteMs;
/** Milliseconds without a change after which it flaps no more: longer than those ten minutes. */
export const calmMs = 15 * minuteMs;

/** What is known of a concern from one look to the next; plain JSON. Times are milliseconds since 1970. */
export interface Remembered {
  readonly concern: Concern;
  /** Seen often enough to be believed, and not gone since. */
  readonly open: boolean;
  /** When it was first seen, this time or, while it flaps, the first time. */
  readonly since: number;
  /** Looks in a row that spoke against `open`. */
  readonly against: number;
  /** Whether it is there, but a run explains it. */
  readonly held: boolean;
  /** When it came or went last. */
  readonly changedAt: number;
  /** When it began, each time within `flapMs`. */
  readonly onsets: readonly number[];
  readonly flaps: boolean;
  /** As what people were told of it; `null` while they were not, or are told that it is over. */
  readonly told: { readonly severity: Severity; readonly flaps: boolean } | null;
}

/** All concerns of a cluster that are not forgotten, by key. */
export type Memory = Readonly<Record<string, Remembered>>;

/** What people are to be told. */
export type Telling =
  | { readonly kind: "raise"; readonly concern: Concern; readonly since: number }
  | { readonly kind: "resolve"; readonly concern: Concern; readonly since: number; readonly until: number };

/** What a look means by the moment it was taken in. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether a run changes the cluster, which explains most of what is unusual. */
  readonly explained: boolean;
  /** Whether somebody wants to hear nothing of this key for now. */
  readonly muted: (key: string) => boolean;
}

/**
 * Follows concerns over one more look. Nothing is told twice, nothing is raised or resolved while it is not known, what
 * comes and goes is told once as that, and what was held back (muted, explained by a run) is told when that is over, if it
 * is still there.
 */
export function advance(
  memory: Memory,
  { concerns, unknown }: Judged,
  moment: Moment,
): { readonly memory: Memory; readonly tellings: readonly Telling[] } {
  const seen = new Map(concerns.map((concern) => [concern.key, concern]));
  const tellings: Telling[] = [];
  const next: Record<string, Remembered> = {};
  for (const key of new Set([...Object.keys(memory), ...seen.keys()])) {
    const before = memory[key];
    const concern = seen.get(key);
    if (before !== undefined && concern === undefined && unknown.some((words) => covers(words, key))) {
      next[key] = before;
      continue;
    }
    const now = follow(before, concern, moment);
    const [after, telling] = now === undefined ? [undefined, undefined] : tell(now, concern !== undefined, moment);
    if (telling !== undefined) tellings.push(telling);
    if (after !== undefined && !isForgotten(after, moment.now)) next[key] = after;
  }
  return { memory: next, tellings };
}

/** What is open, whether or not people were told. */
export const openIn = (memory: Memory): Remembered[] => Object.values(memory).filter(({ open }) => open);

/** What a concern is after a look that showed it, or did not. */
function follow(
  before: Remembered | undefined,
  concern: Concern | undefined,
  { now, explained }: Moment,
): Remembered | undefined {
  if (concern !== undefined) {
    const known = before ?? { ...fresh, concern, since: now, changedAt: now };
    if (known.open) return settled({ ...known, concern, against: 0 }, now);
    const isNew = known.against === 0 && !known.held && !known.flaps;
    const looks = concern.looks ?? 1;
    // What a run explains is believed only from looks after the run.
    const held = explained && concern.always === undefined;
    const against = held ? known.against : known.against + 1;
    const suspected = { ...known, concern, since: isNew ? now : known.since, against, held };
    if (held) return suspected;
    return against < looks ? suspected : opened(suspected, now);
  }
  if (before === undefined || !before.open) return before && settled({ ...before, against: 0, held: false }, now);
  const against = before.against + 1;
  if (against < (before.concern.looks ?? 1)) return { ...before, against };
  return { ...before, open: false, against: 0, changedAt: now };
}

const fresh = { open: false, against: 0, held: false, onsets: [], flaps: false, told: null } as const;

function opened(known: Remembered, now: number): Remembered {
  const onsets = [...known.onsets.filter((at) => now - at < flapMs), known.since];
  const flaps = known.flaps || onsets.length >= flapTimes;
  return {
    ...known,
    open: true,
    against: 0,
    changedAt: now,
    onsets,
    flaps,
    since: flaps ? (onsets[0] ?? now) : known.since,
  };
}

/** What has not changed for long flaps no more. */
const settled = (known: Remembered, now: number): Remembered =>
  known.flaps && now - known.changedAt >= calmMs
    ? { ...known, flaps: false, onsets: [], since: known.open ? known.changedAt : known.since }
    : known;

/** Tells what is not told yet, unless it has to wait. */
function tell(now: Remembered, isThere: boolean, { explained, muted }: Moment): [Remembered, Telling | undefined] {
  const { concern, open, flaps, told, since, changedAt } = now;
  if (!open) {
    if (told === null || flaps) return [now, undefined];
    return [
      { ...now, told: null },
      { kind: "resolve", concern, since, until: changedAt },
    ];
  }
  if (!isThere || muted(concern.key) || (explained && concern.always === undefined)) return [now, undefined];
  const isTold = told !== null && told.flaps === flaps && reaches(told.severity, concern.severity);
  if (isTold) return [now, undefined];
  const severity = told !== null && reaches(told.severity, concern.severity) ? told.severity : concern.severity;
  return [
    { ...now, told: { severity, flaps } },
    { kind: "raise", concern: flaps ? flapping(now) : concern, since },
  ];
}

/** The same concern in words that say that it comes and goes. */
function flapping({ concern, onsets, changedAt }: Remembered): Concern {
  const [first = changedAt] = onsets;
  const minutes = Math.max(1, Math.round((changedAt - first) / minuteMs));
  return {
    ...concern,
    title: `${concern.title}, and flaps: ${onsets.length} times in ${minutes} min`,
    text: `It comes and goes. You hear of it again when it has been calm for ${calmMs / minuteMs} minutes. ${concern.text}`,
  };
}

/** Nobody was told of it, or was told that it is over, and it does not count as an onset any more. */
const isForgotten = ({ open, against, held, told, onsets }: Remembered, now: number): boolean =>
  !open && !held && against === 0 && told === null && onsets.every((at) => now - at >= flapMs);
