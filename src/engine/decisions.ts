import type { Answer } from "../core/friction.ts";
import type { Clock } from "../core/ports.ts";
import type { Approvals } from "./approvals.ts";
import type { CheckedCode, OneTimeCodes } from "./one-time-codes.ts";
import { signalOf, type ApprovalRules } from "./waiting.ts";

/** Milliseconds between looks for approvals whose time is up and for runs that have not heard of their decision. */
const sweepMs = 5000;

/** Takes answers, and makes sure that the runs hear of them. */
export interface Decisions {
  /** @throws OpsError saying why the answer cannot count. */
  decide(answer: Answer): Promise<void>;
  /** Rejects what the run waits for, if it waits. */
  withdraw(runId: string, actor: string): Promise<boolean>;
  /** Until the signal is aborted, tells runs of decisions again and again until they have heard. */
  deliver(until: AbortSignal): void;
  /** Resolves once that has ended. */
  stopped(): Promise<void>;
}

interface Parts {
  readonly approvals: Approvals;
  readonly codes: OneTimeCodes;
  readonly rules: ApprovalRules;
  readonly clock: Clock;
  readonly wake: (signal: string) => Promise<boolean>;
  readonly onError: (error: unknown) => void;
}

export function openDecisions({ approvals, codes, rules, clock, wake, onError }: Parts): Decisions {
  let sweeping: Promise<void> = Promise.resolve();
  // Only once it is decided, for a run waits once. The decision is kept; a run that does not hear of it now does at the next sweep.
  const tell = async (id: string): Promise<void> => {
    await wake(signalOf(id)).catch(onError);
  };
  const check = async ({ approvalId, actor, verdict, code }: Answer): Promise<CheckedCode> => {
    if (verdict === "rejected") return { kind: "needless" };
    const approval = (await approvals.find(approvalId))?.approval;
    const needed = approval?.risk === "dataloss" && (approval.need.code || rules.needsCode(actor));
    return needed ? codes.check(actor, code) : { kind: "needless" };
  };
  const sweep = async (): Promise<void> => {
    for (const id of await approvals.due()) await tell(id);
  };
  const repeat = async (until: AbortSignal): Promise<void> => {
    while (!until.aborted) {
      await sweep().catch(onError);
      if (!until.aborted) await clock.sleep(sweepMs, until).catch(() => undefined);
    }
  };
  return {
    decide: async (answer) => {
      if (await approvals.answer(answer, await check(answer))) await tell(answer.approvalId);
    },
    withdraw: async (runId, actor) => {
      const id = await approvals.withdraw(runId, actor);
      if (id !== undefined) await tell(id);
      return id !== undefined;
    },
    deliver: (until) => {
      sweeping = repeat(until);
    },
    stopped: () => sweeping,
  };
}
