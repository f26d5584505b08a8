import type { OpenConcern, Round } from "../../core/watch.ts";
import { lasting, utcMinute } from "../../core/words.ts";
import type { Finding } from "../finding.ts";
import type { TruthRow } from "../truth/seen.ts";
import { keyOf } from "./truth.ts";

/** Milliseconds after which what the watch saw says nothing of now. */
const staleMs = 5 * 60_000;

/** The same verdict with since when the worst of it holds, where the watch has seen it begin. `now` in milliseconds since 1970. */
export function datedVerdict(
  verdict: string,
  rows: readonly Pick<TruthRow, "key" | "findings">[],
  round: Round | undefined,
  now: number,
): string {
  if (round === undefined || now - round.at > staleMs) return verdict;
  const worst = (["split", "degraded", "unknown"] as const).find((level) => verdict.startsWith(`${level}:`));
  const keys = new Set(
    rows.flatMap((row) => row.findings.flatMap((one) => (one.level === worst ? keyIn(row, one) : []))),
  );
  const since = round.open.filter(({ key }) => keys.has(key)).map((one: OpenConcern) => one.since);
  if (since.length === 0) return verdict;
  const first = Math.min(...since);
  return verdict.replace(/^\w+/, (word) => `${word} since ${utcMinute(first)} (${lasting(now - first)})`);
}

/** Of a node that cannot be reached, nothing is known but that. */
const keyIn = (row: Pick<TruthRow, "key">, finding: Finding): string[] => {
  const key = finding.level === "unknown" && row.key.startsWith("node ") ? `${row.key} gone` : keyOf(row, finding);
  return key === undefined ? [] : [key];
};
