import type { Card, CardQuestion, CardState, CardStep } from "./card.ts";
import { describeFailure } from "./errors.ts";
import type { RunView, StepView } from "./journal.ts";
import { shortId } from "./left.ts";
import { describeWaiting, titleOf } from "./lock.ts";
import { counted } from "./words.ts";

/** The card of a run: nothing but its journal in other words. */
export function runCard(view: RunView): Card {
  const ended = view.finishedAt === null ? null : Date.parse(view.finishedAt);
  return {
    title: titleOf(view),
    state: stateOf(view),
    verdict: verdictOf(view),
    facts: factsOf(view),
    checklist: view.steps.map((step) => stepOf(view, step)),
    question: questionOf(view),
    table: view.result?.table ?? null,
    text: view.result?.text ?? null,
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
  if (approval !== null) {
    const { summary, monthlyUsd } = approval.plan;
    facts.push(["plan", summary]);
    if (monthlyUsd !== null) facts.push(["price", `$${monthlyUsd.toFixed(2)} a month`]);
    if (approval.verdict === "approved") facts.push(["approved", `by ${approval.by ?? "nobody"}`]);
  }
  if (view.finishedAt !== null && view.risk !== "read") facts.push(["changed", String(view.changed)]);
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

function questionOf({ approval, state }: RunView): CardQuestion | null {
  if (state !== "waiting" || approval === null) return null;
  const who = approval.secondPerson ? `Somebody other than ${approval.requester} must approve.` : "Approve?";
  const again = approval.reason === null ? "" : `${approval.reason} `;
  return {
    text: `${again}${approval.plan.summary} ${who} Without an answer by ${approval.expiresAt.slice(11, 16)} UTC nothing happens.`,
    approveWith: approval.typed ?? "yes",
  };
}
