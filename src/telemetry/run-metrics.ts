import { Counter, Histogram, type Registry } from "prom-client";
import type { Outcome, RunEvent } from "../core/journal.ts";
import type { Observer } from "./observe.ts";

/** From what is over at once to what takes an hour. */
const buckets = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];
/** More kinds of steps than this would mean that something unbounded got into their names. */
const mostKinds = 100;

const outcomes: readonly (Outcome | "not_ok")[] = ["done", "not_ok", "failed", "rejected", "expired", "cancelled"];

/** Counts runs, steps and approvals by what the journal tells; `playbooks` are the names of all. */
export function runMetrics(registry: Registry, playbooks: readonly string[]): Observer {
  const registers = [registry];
  const runLabels = { labelNames: ["playbook"] as const, registers };
  const stepLabels = { labelNames: ["playbook", "kind"] as const, registers };
  const started = new Counter({ name: "nonet_runs_started_total", help: "Runs that began.", ...runLabels });
  const resumed = new Counter({ name: "nonet_runs_resumed_total", help: "Runs taken up again.", ...runLabels });
  const ended = new Counter({
    name: "nonet_runs_ended_total",
    help: "Runs that ended; outcome not_ok came to its end and found that all is not well.",
    labelNames: ["playbook", "outcome"],
    registers,
  });
  const waits = new Histogram({
    name: "nonet_run_wait_seconds",
    help: "From the command to the beginning of its run: the wait for the cluster's lock and for a free place.",
    buckets,
    ...runLabels,
  });
  const runs = new Histogram({
    name: "nonet_run_seconds",
    help: "Runs that ended, without the time they waited for people.",
    buckets,
    ...runLabels,
  });
  const steps = new Histogram({ name: "nonet_step_seconds", help: "Steps that ended.", buckets, ...stepLabels });
  const failures = new Counter({ name: "nonet_step_failures_total", help: "Steps that failed.", ...stepLabels });
  const approvals = new Counter({
    name: "nonet_approvals_total",
    help: "Questions that were answered, or expired.",
    labelNames: ["verdict"],
    registers,
  });
  // A counter that begins at its first event would hide that event from whoever looks for an increase.
  for (const playbook of playbooks) for (const outcome of outcomes) ended.inc({ playbook, outcome }, 0);
  const kindOf = stepKinds();
  return (event, { playbook, queuedAt, node }) => {
    if (event.kind === "run.started") {
      (event.resumed ? resumed : started).inc({ playbook });
      const waited = Math.max(0, Date.parse(event.at) - Date.parse(queuedAt)) / 1000;
      if (!event.resumed) waits.observe({ playbook }, waited);
    } else if (event.kind === "run.finished") {
      ended.inc({ playbook, outcome: outcomeOf(event) });
      runs.observe({ playbook }, event.seconds);
    } else if (event.kind === "step.finished" || event.kind === "step.failed") {
      const labels = { playbook, kind: kindOf(event.name, node(event.name)) };
      steps.observe(labels, event.seconds);
      if (event.kind === "step.failed") failures.inc(labels);
    } else if (event.kind === "approval.decided") {
      approvals.inc({ verdict: event.verdict });
    }
  };
}

function outcomeOf({ outcome, result }: Extract<RunEvent, { kind: "run.finished" }>): Outcome | "not_ok" {
  return result?.ok === false ? "not_ok" : outcome;
}

/** The kind of a step is the first word of its name (`create db1`, `prove page`), never the name of a node. */
function stepKinds(): (name: string, node: string | null) => string {
  const kinds = new Set<string>();
  return (name, node) => {
    const [word = ""] = name.split(" ");
    if (word === node || (!kinds.has(word) && kinds.size >= mostKinds)) return "other";
    kinds.add(word);
    return word;
  };
}
