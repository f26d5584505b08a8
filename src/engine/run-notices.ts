import type { RunFact } from "../core/journal.ts";
import { shortId } from "../core/left.ts";
import type { Notice, Raised, Severity } from "../core/notice.ts";
import { carryOn } from "../core/run-actions.ts";
import { acknowledge, raise, resolve, type Teller } from "./raise.ts";
import { endingOf } from "./sayings.ts";
import type { Row, Sql } from "./store/port.ts";
import type { Line } from "./telling.ts";

type Finished = Extract<RunFact, { kind: "run.finished" }>;

/** Raises, resolves and acknowledges what an event of a run means to those who do not follow the run. */
export async function noteLine(sql: Sql, line: Line, teller: Teller): Promise<void> {
  const { fact } = line;
  if (fact.kind === "glass.broken") await raise(sql, brokenGlass(line, fact), teller);
  if (fact.kind === "glass.acknowledged") {
    await acknowledge(sql, { key: glassKey(fact.review) }, fact.actor, teller.at);
  }
  if (fact.kind !== "run.finished") return;
  if (isGood(fact)) await resolve(sql, `failed:${namesOf(line).what}`, teller.at);
  await raise(sql, ending(line, fact), teller);
}

const glassKey = (review: string): string => `glass:${review}`;

/** The review that a notice of a broken glass stands for; `undefined` for any other notice. */
export const reviewOf = ({ topic, key }: Notice): string | undefined =>
  topic === "glass" && key.startsWith(glassKey("")) ? key.slice(glassKey("").length) : undefined;

function brokenGlass(line: Line, { actor, reason, review }: Extract<RunFact, { kind: "glass.broken" }>): Raised {
  const { what, about } = namesOf(line);
  return {
    ...about,
    topic: "glass",
    key: glassKey(review),
    severity: "critical",
    title: `${actor} BROKE THE GLASS`,
    text: `${actor} goes on alone with ${what}: ${reason}`,
    facts: [
      ["run", shortId(line.runId)],
      ["review", `/reviews ack ${review}, by somebody else`],
    ],
    actor,
  };
}

function ending(line: Line, fact: Finished): Raised {
  const { what, starter, about } = namesOf(line);
  const topic = isGood(fact) ? "ended" : "failed";
  const severity = severityOf(fact, String(line.run["risk"]));
  // What was refused is no further failure, and says nothing about one that waits for a word.
  const repeats = topic === "failed" && severity === "info" ? "undone" : topic;
  const canGoOn = topic === "failed" && line.run["risk"] !== "read" && !isRefused(fact);
  return {
    ...about,
    topic,
    key: `${repeats}:${what}`,
    severity,
    title: `${what}, started by ${starter}, ${howEnded(fact)}`,
    text: endingOf(fact),
    facts: [["run", shortId(line.runId)]],
    actions: canGoOn ? [carryOn(line.runId)] : [],
    actor: starter,
  };
}

/** A run that was refused or cancelled ended as somebody wanted; the sentence that follows says so. */
function howEnded(fact: Finished): string {
  if (fact.outcome === "failed") return "failed";
  return fact.outcome === "done" && !isGood(fact) ? "ended, and not all is well" : "ended";
}

/**
 * A run that changes something and does not come to a good end is a warning; critical where it was allowed to interrupt
 * or lose something and stopped half-way. What somebody refused, only looked at, or cancelled before anything was changed
 * is news.
 */
function severityOf(fact: Finished, risk: string): Severity {
  if (isGood(fact) || risk === "read" || isRefused(fact)) return "info";
  if (fact.outcome === "cancelled") return fact.changed === 0 ? "info" : "warning";
  return fact.changed > 0 && (risk === "outage" || risk === "dataloss") ? "critical" : "warning";
}

const isGood = ({ outcome, result }: Finished): boolean => outcome === "done" && result?.ok !== false;
const isRefused = ({ outcome }: Finished): boolean => outcome === "rejected" || outcome === "expired";

function namesOf({ run, runId }: { readonly run: Row; readonly runId: string }) {
  const cluster = (run["cluster"] ?? null) === null ? null : String(run["cluster"]);
  const what = [String(run["playbook"]), cluster ?? []].flat().join(" ");
  return { what, starter: String(run["actor"]), about: { cluster, runId } };
}
