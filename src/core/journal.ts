import { answered, type ApprovalFact, type ApprovalView } from "./approval.ts";
import type { Failure } from "./errors.ts";
import type { Json } from "./json.ts";
import type { Waits } from "./lock.ts";
import type { Risk } from "./plan.ts";
import type { Result, StepName } from "./playbook.ts";

/**
 * How a run ended: `done` says that it came to its end, its `Result` says whether all is well; `rejected` and `expired`
 * are before anything was changed.
 */
export type Outcome = "done" | "failed" | "rejected" | "expired" | "cancelled";

/** How long such a run and its steps usually take, in seconds, where that is known. */
export interface Usual {
  readonly run: number | null;
  /** By name of the step. */
  readonly steps: Readonly<Record<string, number>>;
}

/** What can happen in a run. */
export type RunFact =
  | {
      readonly kind: "run.queued";
      readonly playbook: string;
      readonly version: number;
      readonly cluster: string | null;
      readonly input: Json;
      readonly risk: Risk;
      readonly actor: string;
      readonly usual: Usual;
      /** The run it carries on, if it does. */
      readonly resumes?: string | null;
    }
  /** It is not its turn yet; told again when the line has moved. */
  | ({ readonly kind: "run.waiting" } & Waits)
  /** Once at the beginning, and again (`resumed`) each time it is taken up after an interruption. */
  | { readonly kind: "run.started"; readonly resumed: boolean }
  | {
      readonly kind: "run.finished";
      readonly outcome: Outcome;
      /** What the playbook said, when it came to its end. */
      readonly result: Result | null;
      readonly failure: Failure | null;
      readonly changed: number;
      readonly seconds: number;
      /** Hash of the audit's record of this; the journal adds it. */
      readonly head?: string;
    }
  /** Somebody cancelled it while it was under way: it ends at the next safe point. */
  | { readonly kind: "run.stopping"; readonly actor: string }
  | ({ readonly kind: "step.started"; readonly asks?: boolean } & StepName)
  | { readonly kind: "step.said"; readonly name: string; readonly sentence: string }
  | {
      readonly kind: "step.finished";
      readonly name: string;
      readonly sentence: string;
      readonly changed: number;
      readonly seconds: number;
    }
  | { readonly kind: "step.failed"; readonly name: string; readonly failure: Failure; readonly seconds: number }
  | ApprovalFact;

/** A line of the journal. */
export type RunEvent = RunFact & {
  readonly runId: string;
  /** 1, 2, … within the run. */
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
};

/** A step as a card shows it. */
export interface StepView {
  readonly name: string;
  readonly title: string;
  readonly node: string | null;
  readonly state: "running" | "done" | "failed";
  /** Whether it waits for people. */
  readonly asks: boolean;
  /** What it ended with or said last; empty at first. */
  readonly sentence: string;
  readonly failure: Failure | null;
  readonly changed: number;
  readonly startedAt: string;
  /** `null` while it runs. */
  readonly seconds: number | null;
}

/** A run as a card shows it: nothing but its journal, read from the beginning. */
export interface RunView {
  readonly id: string;
  readonly playbook: string;
  readonly version: number;
  readonly cluster: string | null;
  readonly input: Json;
  readonly risk: Risk;
  readonly actor: string;
  /** `waiting` for an approval. */
  readonly state: "queued" | "running" | "waiting" | Outcome;
  /** In the order in which they were first started. */
  readonly steps: readonly StepView[];
  /** The one that is open, or else the last. */
  readonly approval: ApprovalView | null;
  /** Set once somebody went on alone. */
  readonly glass: {
    readonly actor: string;
    readonly reason: string;
    readonly review: string;
    readonly acknowledgedBy: string | null;
  } | null;
  readonly result: Result | null;
  readonly failure: Failure | null;
  readonly changed: number;
  /** How often it was taken up again after an interruption. */
  readonly resumed: number;
  readonly usual: Usual;
  /** The run it carries on. */
  readonly resumes: string | null;
  /** Until it begins. */
  readonly waits: Waits | null;
  /** Who cancelled it while it was under way. */
  readonly stoppedBy: string | null;
  readonly queuedAt: string;
  /** `null` until it ends. */
  readonly finishedAt: string | null;
  /** Hash of the audit's head when it ended; `null` until then. */
  readonly head: string | null;
  /** `seq` of the last event in it. */
  readonly seq: number;
}

/** The runs that matter now. */
export interface LatestRuns {
  /** Those that change something, that read, and that wait in line, oldest first; then the last that ended, newest first. */
  readonly runs: readonly RunView[];
  /** Further ones that have not ended. */
  readonly more: number;
}

/**
 * The view after one more event; an event that is in it already changes nothing.
 * @throws TypeError when a run does not begin with `run.queued`.
 */
export function project(view: RunView | undefined, event: RunEvent): RunView {
  if (event.kind === "run.queued") return view ?? queued(event);
  if (view === undefined) throw new TypeError(`the journal of run ${event.runId} begins with ${event.kind}`);
  return event.seq <= view.seq ? view : { ...view, ...change(view, event), seq: event.seq };
}

/** Whether nothing more will happen in it. */
export function isFinished(view: RunView): boolean {
  return view.finishedAt !== null;
}

function queued(event: Extract<RunEvent, { kind: "run.queued" }>): RunView {
  const { runId, seq, at, kind: _kind, ...rest } = event;
  return {
    ...rest,
    id: runId,
    state: "queued",
    steps: [],
    approval: null,
    glass: null,
    result: null,
    failure: null,
    changed: 0,
    resumed: 0,
    resumes: event.resumes ?? null,
    waits: null,
    stoppedBy: null,
    queuedAt: at,
    finishedAt: null,
    head: null,
    seq,
  };
}

function change(view: RunView, event: Exclude<RunEvent, { kind: "run.queued" }>): Partial<RunView> {
  switch (event.kind) {
    case "run.started": {
      // What was asked before an interruption is still asked after it.
      const state = view.approval?.verdict === null ? "waiting" : "running";
      return { state, waits: null, resumed: view.resumed + (event.resumed ? 1 : 0) };
    }
    case "run.waiting":
      return { waits: { position: event.position, behind: event.behind } };
    case "run.stopping":
      return { stoppedBy: event.actor };
    case "run.finished": {
      const { outcome, result, failure, changed, at, head = null } = event;
      return { state: outcome, waits: null, result, failure, changed, finishedAt: at, head };
    }
    case "step.started":
      return { steps: started(view.steps, event) };
    case "step.said":
      return { steps: update(view.steps, event.name, { sentence: event.sentence }) };
    case "step.finished": {
      const { name, sentence, changed, seconds } = event;
      return {
        steps: update(view.steps, name, { state: "done", sentence, changed, seconds }),
        changed: view.changed + changed,
      };
    }
    case "step.failed": {
      const { name, failure, seconds } = event;
      return { steps: update(view.steps, name, { state: "failed", sentence: failure.message, failure, seconds }) };
    }
    case "approval.requested":
      return { state: "waiting", approval: { ...event.approval, verdict: null, by: null, votes: [], refused: null } };
    case "glass.broken": {
      const { actor, reason, review } = event;
      return { glass: { actor, reason, review, acknowledgedBy: null } };
    }
    case "glass.acknowledged":
      return view.glass?.review === event.review ? { glass: { ...view.glass, acknowledgedBy: event.actor } } : {};
    case "approval.voted":
    case "approval.decided":
    case "approval.refused":
      if (view.approval?.id !== event.id) return {};
      return {
        state: view.state === "waiting" && event.kind === "approval.decided" ? "running" : view.state,
        approval: answered(view.approval, event),
      };
  }
}

/** A step that is started again after a crash keeps its place. */
function started(steps: readonly StepView[], event: Extract<RunEvent, { kind: "step.started" }>): readonly StepView[] {
  const step: StepView = {
    name: event.name,
    title: event.title,
    node: event.node ?? null,
    state: "running",
    asks: event.asks ?? false,
    sentence: "",
    failure: null,
    changed: 0,
    startedAt: event.at,
    seconds: null,
  };
  return steps.some(({ name }) => name === step.name)
    ? steps.map((old) => (old.name === step.name ? step : old))
    : [...steps, step];
}

function update(steps: readonly StepView[], name: string, change: Partial<StepView>): readonly StepView[] {
  return steps.map((step) => (step.name === name ? { ...step, ...change } : step));
}
