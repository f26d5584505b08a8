import type { Severity } from "../../core/notice.ts";
import type { Next } from "../../core/action.ts";

/** Something people should hear of for as long as it lasts. */
export interface Concern {
  /** The same while it lasts, unique in its cluster; words from the general to the special: `disk web1 /var`. */
  readonly key: string;
  readonly severity: Severity;
  /** Without a full stop: `db2 does not replicate`. */
  readonly title: string;
  /** One or two sentences: what it means, what to do. */
  readonly text: string;
  /** Evidence. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** A command that would do something about it; offered as a button, never given by itself. */
  readonly next: Next | null;
  /** Looks in a row it must be seen in before it is told, and be gone from before it is over, where one alone can lie; 1 when left out. */
  readonly looks?: number;
  /** No change that Nonet makes explains it: told also while a run changes the cluster. */
  readonly always?: true;
}

/** What a judge makes of what was seen. Judges are pure. */
export interface Judged {
  /** All that is wrong as far as it could be seen. */
  readonly concerns: readonly Concern[];
  /**
   * What could not be read, by the first words of keys: `disk web1`. What was found there before stays as it was, unless
   * it is among the concerns: those were seen.
   */
  readonly unknown: readonly string[];
}

/** What several judges made of the same cluster, as one. */
export const together = (...all: readonly Judged[]): Judged => ({
  concerns: all.flatMap(({ concerns }) => concerns),
  unknown: all.flatMap(({ unknown }) => unknown),
});
