/** How bad something is. `note` is told and spoils nothing. */
const levels = ["split", "degraded", "unknown", "note"] as const;
type Level = (typeof levels)[number];

/** Something that is not as it should be, or not known: a few words without a full stop that name the node. */
export interface Finding {
  readonly level: Level;
  readonly says: string;
  /** Names it for as long as it lasts, whatever its words, among all that the row of the truth can find. */
  readonly about?: string;
}

/** Only what is true and known to be true is consistent. */
export const isFine = (findings: readonly Finding[]): boolean => findings.every(({ level }) => level === "note");

/** As many things as a verdict names; the rest is counted. */
const named = 5;

/** What the verdict has no room for, a line each: all findings when they are many, and what spoils nothing. */
export function wholeOf(findings: readonly Finding[]): string[] {
  const isCut = new Set(findings.flatMap(({ level, says }) => (level === "note" ? [] : [says]))).size > named;
  const ordered = findings.toSorted((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
  const lines = ordered.flatMap(({ level, says }) =>
    level === "note" ? [`noted: ${says}`] : isCut ? [`${level}: ${says}`] : [],
  );
  return [...new Set(lines)];
}

/**
 * The one line: `consistent`, `split: …`, `degraded: …`, `unknown: …`. What is known to be wrong
 * is said before what is not known. Unknown is never shown as fine.
 */
export function verdictOf(findings: readonly Finding[]): string {
  const of = (level: Level) => [...new Set(findings.flatMap((one) => (one.level === level ? [one.says] : [])))];
  const [split, degraded, unknown] = [of("split"), of("degraded"), of("unknown")];
  const list = (all: readonly string[]) =>
    [...all.slice(0, named), ...(all.length > named ? [`and ${all.length - named} more`] : [])].join("; ");
  if (split.length > 0) return `split: ${list([...split, ...degraded, ...unknown])}`;
  if (degraded.length > 0) return `degraded: ${list([...degraded, ...unknown])}`;
  return unknown.length > 0 ? `unknown: ${list(unknown)}` : "consistent";
}
