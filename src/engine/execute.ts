import { OpsError, toFailure, type Failure } from "../core/errors.ts";
import type { Outcome } from "../core/journal.ts";
import { isEmptyPlan, planHash, type Plan, type Risk } from "../core/plan.ts";
import type { Playbook, Result } from "../core/playbook.ts";
import { newApproval, type Approvals } from "./approvals.ts";
import type { Flight } from "./flight.ts";
import type { Hold } from "./journal.ts";
import type { DurableRun } from "./run.ts";
import { StoreAway } from "./store/port.ts";
import type { RunRecord, Runs } from "./runs.ts";

/** What carrying out a run needs. */
export interface Execution {
  readonly record: RunRecord;
  readonly run: DurableRun;
  readonly hold: Hold;
  readonly playbook: Playbook | undefined;
  readonly runs: Runs;
  readonly approvals: Approvals;
  readonly flight: Flight;
  /** Whether anybody but the requester could approve this risk on this cluster. */
  readonly hasSecondPerson: (requester: string, risk: Risk, cluster: string | null) => boolean;
  readonly cancelled: AbortSignal;
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
    if (error instanceof StoreAway) throw error;
    return { outcome: cancelled.aborted ? "cancelled" : "failed", failure: toFailure(error) };
  }
}

function prepare({ record, playbook }: Execution): { playbook: Playbook; input: object } {
  if (playbook === undefined || playbook.version !== record.version) {
    throw new OpsError({
      code: "playbook_changed",
      message: `This run was begun by another Nonet, whose ${record.playbook} worked differently (version ${record.version}).`,
      state: "What was done until then stays done.",
      hint: "Start the command again: it carries on from what it finds.",
    });
  }
  return { playbook, input: playbook.input.parse(record.input) };
}

/** Plans, asks, and plans again until what was approved is what would be done. */
async function askFirst(
  execution: Execution,
  playbook: Playbook,
  input: object,
): Promise<"approved" | "rejected" | "expired"> {
  if (playbook.plan === undefined || playbook.risk === "read") return "approved";
  let plan = await makePlan(execution, playbook, input, 1);
  let reason: string | null = null;
  for (let round = 1; ; round += 1) {
    if (isEmptyPlan(plan)) return "approved";
    const verdict = await ask(execution, plan, round, reason);
    if (verdict !== "approved") return verdict;
    const fresh = await makePlan(execution, playbook, input, round + 1);
    if ((await planHash(fresh)) === (await planHash(plan))) return "approved";
    plan = fresh;
    reason = "What would change is no longer what you approved; here is the new plan.";
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

function ask(
  { run, record, hold, approvals, flight, hasSecondPerson }: Execution,
  plan: Plan,
  round: number,
  reason: string | null,
): Promise<"approved" | "rejected" | "expired"> {
  return run.step({ name: `approval ${round}`, title: "Approval" }, async ({ signal }) => {
    const id = `${record.id}:${round}`;
    const now = run.services.clock.now();
    const requester = record.actor;
    const secondPerson = hasSecondPerson(requester, plan.risk, plan.cluster);
    const approval = await newApproval(plan, { id, requester, reason, now, secondPerson });
    await approvals.request(record.id, approval, hold);
    const value = await flight.aside(approvals.wait(id, signal, hold));
    return { sentence: sentences[value], value };
  });
}

const sentences = {
  approved: "The plan was approved.",
  rejected: "The plan was rejected; nothing was changed.",
  expired: "Nobody answered in time; nothing was changed.",
};
