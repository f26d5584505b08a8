/** How bad something is. `note` is told and spoils nothing. */
export const levels = ["split", "degraded", "unknown", "note"] as const;
export type Level = (typeof levels)[number];

/** Something that is not as it should be, or not known: a few words without a full stop that name the node. */
export interface Finding {
  readonly level: Level;
  readonly says: string;
}

/** Only what is true and known to be true is consistent. */
export const isFine = (findings: readonly Finding[]): boolean => findings.every(({ level }) => level === "note");

/**
 * The one line: `consistent`, `split: …`, `degraded: …`, `unknown: …`. What is not known is said first where something
 * is degraded, because that may be its cause. Unknown is never shown as fine.
 */
export function verdictOf(findings: readonly Finding[]): string {
  const of = (level: Level) => [...new Set(findings.flatMap((one) => (one.level === level ? [one.says] : [])))];
  const [split, degraded, unknown] = [of("split"), of("degraded"), of("unknown")];
  if (split.length > 0) return `split: ${[...split, ...degraded, ...unknown].join("; ")}`;
  if (degraded.length > 0) return `degraded: ${[...unknown, ...degraded].join("; ")}`;
  if (unknown.length > 0) return `unknown: ${unknown.join("; ")}`;
  return "consistent";
}
