import type { Ask, Verdict } from "../core/ask.ts";
import { OpsError, toFailure, type Failure } from "../core/errors.ts";
import { canonicalJson } from "../core/json.ts";
import type { Outcome, RunView } from "../core/journal.ts";
import { interruptedAs } from "../core/left.ts";
import { planDiff, planDiffLines } from "../core/plan-diff.ts";
import { isEmptyPlan, planHash, sha256, type Plan } from "../core/plan.ts";
import type { Playbook, Result } from "../core/playbook.ts";
import type { DurableRun } from "./run.ts";
import { isAway } from "./store/port.ts";
import type { RunRecord, Runs } from "./runs.ts";
import { askAndWait, settle, type Asking } from "./waiting.ts";

/** What carrying out a run needs. */
export interface Execution extends Asking {
  readonly record: RunRecord;
  /** The run as it was when it was taken up. */
  readonly before: RunView;
  readonly run: DurableRun;
  readonly playbook: Playbook | undefined;
  readonly runs: Runs;
  /** Aborted when the engine stops or the run is no longer its own: the run must stay as it is. */
  readonly halted: AbortSignal;
}

/**
 * Carries a run out from wherever it is and records how it ended; whatever the playbook does wrong is the run's failure.
 * @throws what failed in the engine itself (a full disk), so that the run is tried again.
 */
export async function execute(execution: Execution): Promise<void> {
  const { record, hold, runs, halted } = execution;
  const ending = await carryOut(execution);
  if (!halted.aborted) await runs.finish(record.id, { result: null, failure: null, ...ending }, hold);
}

async function carryOut(
  execution: Execution,
): Promise<{ outcome: Outcome; result?: Result | null; failure?: Failure | null }> {
  const { run, cancelled } = execution;
  try {
    const { playbook, input } = prepare(execution);
    const gate = await askFirst(execution, playbook, input);
    return gate === "approved" ? { outcome: "done", result: await playbook.run(run, input) } : { outcome: gate };
  } catch (error) {
    if (run.fault !== undefined) throw run.fault;
    // Playbooks read the store between steps as well.
    if (isAway(error)) throw error;
    return { outcome: cancelled.aborted ? "cancelled" : "failed", failure: toFailure(error) };
  }
}

function prepare({ record, before, playbook }: Execution): { playbook: Playbook; input: object } {
  if (playbook === undefined || playbook.version !== record.version) {
    throw new OpsError({
      code: "playbook_changed",
      message: `This run was begun by another Nonet, whose ${record.playbook} worked differently (version ${record.version}).`,
      state: interruptedAs(before),
      hint: "Start the command again: it carries on from what it finds.",
    });
  }
  return { playbook, input: playbook.input.parse(record.input) };
}

/** Plans, asks, and plans again until what was approved is what would be done, by people who may still approve it. */
async function askFirst(execution: Execution, playbook: Playbook, input: object): Promise<Verdict> {
  const { run, record } = execution;
  if (playbook.plan === undefined || playbook.risk === "read") return "approved";
  let plan = await makePlan(execution, playbook, input, 1);
  let again: { readonly reason: string | null; readonly drift: readonly string[] } = { reason: null, drift: [] };
  for (let round = 1; ; round += 1) {
    const { risk, cluster } = plan;
    if (risk === "read" || isEmptyPlan(plan)) return "approved";
    const id = `${record.id}:${round}`;
    const step = { name: `approval ${round}`, title: "Approval" };
    const hash = await planHash(plan);
    const asked = { id, step, risk, cluster, plan, question: null, hash, ...again };
    const verdict = await askAndWait(run, execution, asked);
    if (verdict !== "approved") return verdict;
    const fresh = await makePlan(execution, playbook, input, round + 1);
    const found = await planHash(fresh);
    const { fate, reason } = await run.guard(() => settle(execution, id, found));
    if (fate === "used") return "approved";
    again = {
      reason: `${reason} Here is it again.`,
      drift: fate === "stale" ? planDiffLines(planDiff(plan, fresh)) : [],
    };
    plan = fresh;
  }
}

/** `Run.ask`: until somebody who may still approve it when the run goes on has said yes, or nobody did. */
export async function askInTheMiddle(
  run: DurableRun,
  asking: Asking,
  { name, risk, ...question }: Ask,
): Promise<Verdict> {
  const { record, cancelled } = asking;
  const { cluster } = record;
  const hash = await sha256(canonicalJson({ run: record.id, name, risk, ...question }));
  let reason: string | null = null;
  for (let round = 1; ; round += 1) {
    const step = { name: round === 1 ? name : `${name}, round ${round}`, title: question.title };
    const id = `${record.id}:ask ${step.name}`;
    const asked = { id, step, risk, cluster, plan: null, question, hash, reason, drift: [] };
    const verdict = await askAndWait(run, asking, asked);
    cancelled.throwIfAborted();
    if (verdict !== "approved") return verdict;
    const settled = await run.guard(() => settle(asking, id, hash));
    if (settled.fate === "used") return "approved";
    ({ reason } = settled);
  }
}

function makePlan({ run, runs, record }: Execution, playbook: Playbook, input: object, round: number): Promise<Plan> {
  const title = round === 1 ? "Plan" : "Check the plan once more";
  return run.step<Plan>({ name: `plan ${round}`, title }, async (context) => {
    if (playbook.plan === undefined) throw new TypeError(`${playbook.name} has no plan`);
    const plan = await playbook.plan({ ...context, services: run.services }, input);
    return {
      sentence: plan.summary,
      value: { ...plan, usualSeconds: plan.usualSeconds ?? (await runs.usual(record.playbook)).run },
    };
  });
}
