import { shortHash } from "./audit.ts";
import type { Card, CardQuestion, CardState, CardStep } from "./card.ts";
import { describeFailure } from "./errors.ts";
import { needWords, wordFor } from "./friction.ts";
import type { ApprovalView } from "./approval.ts";
import type { RunView, StepView } from "./journal.ts";
import { timelineOf } from "./run-timeline.ts";
import type { Drawing } from "./drawing.ts";
import { shortId } from "./left.ts";
import { describeWaiting, titleOf } from "./lock.ts";
import { runActions, shownPlan } from "./run-actions.ts";
import { allOf, counted } from "./words.ts";

/** The card of a run: nothing but its journal in other words. */
export function runCard(view: RunView): Card {
  const ended = view.finishedAt === null ? null : Date.parse(view.finishedAt);
  const evidence = view.state === "waiting" ? view.approval?.question?.evidence : undefined;
  return {
    title: titleOf(view),
    state: stateOf(view),
    verdict: verdictOf(view),
    facts: factsOf(view),
    checklist: view.steps.map((step) => stepOf(view, step)),
    question: questionOf(view),
    table: view.result?.table ?? evidence?.table ?? null,
    text: view.result?.text ?? evidence?.text ?? null,
    diff: diffOf(view),
    picture: pictureOf(view),
    actions: runActions(view),
    startedAt: Date.parse(view.queuedAt),
    endedAt: ended,
  };
}

function stateOf(view: RunView): CardState {
  switch (view.state) {
    case "queued":
      return "waiting";
    case "running":
      return "running";
    case "waiting":
      return "asking";
    case "done":
      return view.result?.ok === false ? "failed" : "done";
    case "failed":
    case "rejected":
    case "expired":
    case "cancelled":
      return "failed";
  }
}

function verdictOf(view: RunView): string {
  if (view.failure !== null) {
    const tail = view.failure.output === undefined ? "" : ` Its last words: ${view.failure.output.trim().slice(-400)}`;
    return describeFailure(view.failure) + tail;
  }
  if (view.state === "rejected") return "Refused; nothing was changed.";
  if (view.state === "expired") return "Nobody answered in time; nothing was changed.";
  if (view.state === "cancelled") return "It was cancelled.";
  if (view.waits !== null) return `waiting: ${describeWaiting(view.waits)}`;
  if (view.stoppedBy !== null && view.finishedAt === null)
    return `Cancelled by ${view.stoppedBy}: it stops at the next safe point.`;
  return view.result?.verdict ?? "";
}

function factsOf(view: RunView): Card["facts"] {
  const { approval } = view;
  const facts: [string, string][] = [["run", `${view.id}, started by ${view.actor}`]];
  if (view.resumes !== null) facts.push(["carries on", `run ${shortId(view.resumes)}`]);
  if (view.resumed > 0) facts.push(["resumed", `${counted(view.resumed, "time")} after an interruption`]);
  if (approval !== null) facts.push(...approvalFacts(approval, view.state === "waiting"));
  if (view.glass !== null) {
    const { actor, reason, review, acknowledgedBy } = view.glass;
    const after =
      acknowledgedBy === null ? `to be looked at: /reviews ack ${review}` : `looked at by ${acknowledgedBy}`;
    facts.push(["GLASS", `BROKEN by ${actor}, who went on alone: ${reason} (${after})`]);
  }
  if (view.finishedAt !== null && view.risk !== "read") facts.push(["changed", String(view.changed)]);
  facts.push(...(view.result?.next ?? []).map(({ command }): [string, string] => ["offered", command]));
  if (view.head !== null) facts.push(["audit", shortHash(view.head)]);
  return facts;
}

function approvalFacts(approval: ApprovalView, isOpen: boolean): [string, string][] {
  const { plan, question, votes, verdict, by, refused } = approval;
  const facts: [string, string][] = [];
  if (plan !== null) facts.push(["plan", plan.summary]);
  if (plan !== null && plan.monthlyUsd !== null) facts.push(["price", `$${plan.monthlyUsd.toFixed(2)} a month`]);
  if (question !== null && isOpen)
    facts.push(...question.evidence.facts.map(([name, value]): [string, string] => [name, value]));
  if (verdict === "approved") {
    const names = votes.length > 0 ? votes.map(({ actor }) => actor) : [by ?? "nobody"];
    facts.push(["approved", `by ${allOf(names)}`]);
  }
  if (refused !== null) facts.push(["refused", refused]);
  return facts;
}

function stepOf(view: RunView, step: StepView): CardStep {
  const startedAt = Date.parse(step.startedAt);
  const usual = view.usual.steps[step.name];
  return {
    title: step.title,
    state: step.state,
    sentence: step.failure === null ? step.sentence : describeFailure(step.failure),
    startedAt,
    endedAt: step.seconds === null ? null : startedAt + step.seconds * 1000,
    usualMs: usual === undefined ? null : usual * 1000,
  };
}

/** What it found; of a change that has ended, what it did and when. While a run goes on, nothing is drawn. */
function pictureOf(view: RunView): Drawing | null {
  if (view.result?.drawing !== undefined) return view.result.drawing;
  return view.risk === "read" || view.finishedAt === null || view.steps.length < 2 ? null : timelineOf(view);
}

/** What is asked to be done, as much of it as a card has room for; at the end, what the run found to be different. */
function diffOf({ approval, state, result }: RunView): readonly string[] {
  if (result !== null) return result.diff ?? [];
  if (state !== "waiting" || approval === null || approval.plan === null) return [];
  const { lines, left } = shownPlan(approval.plan);
  return left === 0 ? lines : [...lines, `  … and ${left} more`];
}

function questionOf({ approval, state }: RunView): CardQuestion | null {
  if (state !== "waiting" || approval === null) return null;
  const { id, plan, question, need, votes, requester, reason, drift } = approval;
  const who = needWords(need, votes, requester);
  const otherwise = `Without an answer by ${approval.expiresAt.slice(11, 16)} UTC ${question?.otherwise ?? "nothing happens"}.`;
  const what = question?.question ?? plan?.summary;
  return {
    id,
    text: [reason, what, who, otherwise].filter((part) => typeof part === "string").join(" "),
    details: drift,
    approveWith: wordFor(need, votes),
  };
}
