import { describeFailure, type Failure } from "../core/errors.ts";
import type { RunEvent } from "../core/journal.ts";
import type { Log } from "./log.ts";
import type { Observer } from "./observe.ts";
import { describeWaiting } from "../core/lock.ts";

/** One line per event: what happened in a sentence; failures at `error`. Told progress of a step is `debug`. */
export function runLog(log: Log): Observer {
  return (event, { playbook, cluster, node }) => {
    const step = stepOf(event);
    const place = step === null ? null : node(step);
    const failure = failureOf(event);
    const fields = {
      run: event.runId,
      event: event.kind,
      playbook,
      ...(cluster === null ? {} : { cluster }),
      ...(step === null ? {} : { step }),
      ...(place === null ? {} : { node: place }),
      ...(failure === null ? {} : { err: errorOf(failure) }),
    };
    if (failure !== null) log.error(fields, sentence(event));
    else if (event.kind === "step.said") log.debug(fields, sentence(event));
    else log.info(fields, sentence(event));
  };
}

function stepOf(event: RunEvent): string | null {
  return "name" in event ? event.name : null;
}

function failureOf(event: RunEvent): Failure | null {
  return "failure" in event ? event.failure : null;
}

/** The output of a fault of Nonet itself is its stack. */
function errorOf({ code, message, state, output }: Failure): object {
  return {
    code,
    message,
    ...(state && { state }),
    ...(output && { [code === "internal" ? "stack" : "output"]: output }),
  };
}

function sentence(event: RunEvent): string {
  switch (event.kind) {
    case "run.queued":
      return `${event.actor} asks for ${event.playbook}${event.cluster === null ? "" : ` of ${event.cluster}`}.`;
    case "run.started":
      return event.resumed ? "The run is taken up again after an interruption." : "The run begins.";
    case "run.waiting":
      return describeWaiting(event);
    case "run.stopping":
      return `${event.actor} cancelled it; it ends at the next safe point.`;
    case "run.finished":
      return ended(event);
    case "step.started":
      return `${event.title}: begins.`;
    case "step.said":
    case "step.finished":
      return event.sentence;
    case "step.failed":
      return describeFailure(event.failure);
    case "approval.requested":
      return `Approval is asked for: ${event.approval.plan?.summary ?? event.approval.question?.question ?? ""}`;
    case "approval.decided":
      return event.actor === null ? "Nobody answered in time." : `${event.actor} ${event.verdict} it.`;
    case "approval.voted":
      return `${event.actor} says yes.`;
    case "approval.refused":
      return event.reason;
    case "glass.broken":
      return `${event.actor} broke the glass and goes on alone: ${event.reason}`;
    case "glass.acknowledged":
      return `${event.actor} has looked at the broken glass.`;
  }
}

function ended({ outcome, result, failure, changed, seconds }: Extract<RunEvent, { kind: "run.finished" }>): string {
  const why = failure === null ? (result?.verdict ?? "") : describeFailure(failure);
  return `The run ended: ${outcome}, ${changed} changed, after ${seconds.toFixed(1)} s. ${why}`.trim();
}
