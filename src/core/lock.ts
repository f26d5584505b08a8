/** What a run is called by: its playbook and the cluster it works on. */
interface Named {
  readonly playbook: string;
  readonly cluster: string | null;
}

/** A stop of all changes, by a person. */
export interface Lock {
  /** `null`: a freeze, of all clusters. */
  readonly cluster: string | null;
  readonly actor: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly since: string;
}

/** What a run that waits in line has to wait for. */
export type Obstacle =
  | ({ readonly kind: "lock" } & Lock)
  | ({ readonly kind: "run"; readonly id: string; readonly actor: string; readonly since: string } & Named);

/** Where a run stands that waits; `position` 1 is the next to begin. */
export interface Waits {
  readonly position: number;
  readonly behind: Obstacle;
}

/** `prod is locked by bob since 2026-01-01 14:03 UTC: new disk`, on one line. */
export function describeLock({ cluster, actor, reason, since }: Lock): string {
  const what = cluster === null ? "All changes are frozen" : `${cluster} is locked`;
  return `${what} by ${actor} since ${utc(since)}: ${reason.replaceAll(/\s+/g, " ")}`;
}

/** `2nd in line behind /cluster build prod, started by alice at 2026-01-01 14:03 UTC`. */
export function describeWaiting({ position, behind }: Waits): string {
  // Those far behind are told of every tenth or hundredth move only.
  const place = `${position > 9 ? "about " : ""}${ordinal(position)} in line`;
  return behind.kind === "lock"
    ? `${place}. ${describeLock(behind)}`
    : `${place} behind ${titleOf(behind)}, started by ${behind.actor} at ${utc(behind.since)}`;
}

/**
 * What was typed to start it: `/cluster build prod`. A playbook of one word is called like its command about a cluster,
 * any other one like its whole command.
 */
export function titleOf({ playbook, cluster }: Named): string {
  if (cluster === null) return `/${playbook}`;
  return playbook.includes(" ") ? `/${playbook} ${cluster}` : `/cluster ${playbook} ${cluster}`;
}

/** `2026-01-01 14:03 UTC`. */
const utc = (iso: string): string => `${iso.slice(0, 16).replace("T", " ")} UTC`;

const endings = { zero: "th", one: "st", two: "nd", few: "rd", many: "th", other: "th" };
const rules = new Intl.PluralRules("en", { type: "ordinal" });
const ordinal = (count: number): string => `${count}${endings[rules.select(count)]}`;
