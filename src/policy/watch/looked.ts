import type { Told } from "../../core/fact.ts";
import type { Finding } from "../finding.ts";
import { together, type Concern, type Judged } from "./concern.ts";

/** What a judge makes of one thing, for the watch as well as for an inspection. */
export interface Looked extends Judged {
  /** Why each of what is unknown is so, in a few words that name the node. */
  readonly untold: readonly string[];
}

/** Nothing wrong, nothing unknown, unless it is said. */
export const looked = (concerns: readonly Concern[] = []): Looked => ({ concerns, unknown: [], untold: [] });

/** Something that cannot be told. @param words first words of the keys it hides */
export const hidden = (words: string, why: string): Looked => ({ concerns: [], unknown: [words], untold: [why] });

/** Judges what was told. @param words first words of the keys of this judge on this node */
export function judged<T>(told: Told<T>, name: string, words: string, judge: (value: T) => Looked): Looked {
  return told.known ? judge(told.value) : hidden(words, `${name}: ${told.why}`);
}

/** Several as one. */
export const all = (...parts: readonly Looked[]): Looked => ({
  ...together(...parts),
  untold: parts.flatMap(({ untold }) => untold),
});

/** The same for a verdict: what is only news spoils nothing. */
export const findingsOf = ({ concerns, untold }: Looked): Finding[] => [
  ...concerns.map(({ severity, title }): Finding => ({
    level: severity === "info" ? "note" : "degraded",
    says: title,
  })),
  ...untold.map((says): Finding => ({ level: "unknown", says })),
];
