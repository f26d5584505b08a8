import type { Verdict } from "../core/ask.ts";
import { isMet, needOf, type Need } from "../core/friction.ts";
import type { Approval, Question } from "../core/approval.ts";
import type { RunView } from "../core/journal.ts";
import type { Plan, Risk } from "../core/plan.ts";
import { approvalMs, type Approvals } from "./approvals.ts";
import type { Hold } from "./journal.ts";
import type { DurableRun } from "./run.ts";

/** The run somebody would approve. */
type Approvable = Pick<RunView, "playbook" | "cluster" | "input" | "risk" | "actor">;

/** Who may approve, by the configuration at the moment of each question. */
export interface ApprovalRules {
  /** Names of all who could approve it now, the requester among them where that person's right would do. */
  approvers(run: Approvable): readonly string[];
  /** Whether this person's yes counts now. */
  mayApprove(person: string, run: Approvable): boolean;
  /** Whether a loss of data takes one-time codes: of everybody (`null`), or of this person. */
  needsCode(person: string | null): boolean;
  breakGlass(): boolean;
}

/** What asking needs. */
export interface Asking {
  readonly record: Omit<Approvable, "risk"> & { readonly id: string };
  readonly hold: Hold;
  readonly approvals: Approvals;
  readonly rules: ApprovalRules;
  readonly cancelled: AbortSignal;
}

/** What is asked: a plan or a question, and over what its hash is. */
export interface Request {
  readonly id: string;
  readonly step: { readonly name: string; readonly title: string };
  readonly risk: Exclude<Risk, "read">;
  readonly cluster: string | null;
  readonly plan: Plan | null;
  readonly question: Question | null;
  readonly hash: string;
  readonly reason: string | null;
  readonly drift: readonly string[];
}

/** Asks, and waits for the answer without holding anything meanwhile: the run is taken up again when there is one. */
export async function askAndWait(run: DurableRun, asking: Asking, request: Request): Promise<Verdict> {
  const { record, hold, approvals, cancelled } = asking;
  const { clock } = run.services;
  const { id } = request;
  const begin = async () => {
    const asked = await approvals.find(id);
    if (asked !== undefined) return asked;
    cancelled.throwIfAborted();
    await approvals.request(record.id, newApproval(asking, request, clock.now()), hold);
    return approvals.find(id);
  };
  return run.wait(request.step, {
    signal: signalOf(id),
    begin: async () => {
      const asked = await begin();
      return asked?.verdict === null ? Math.max(0, asked.expiresAt - clock.now()) : 0;
    },
    decided: async () => ((await approvals.find(id))?.verdict ?? null) !== null,
    end: async () => {
      await approvals.expire(id, hold);
      const asked = await approvals.find(id);
      await approvals.heard(id);
      const value = asked?.verdict ?? "expired";
      const seconds =
        asked === undefined ? 0 : ((asked.decidedAt ?? clock.now()) - asked.expiresAt + approvalMs) / 1000;
      return { sentence: sentences[request.plan === null ? "question" : "plan"][value], value, seconds };
    },
  });
}

/** What wakes the run that waits for this approval. */
export const signalOf = (approvalId: string): string => `approval ${approvalId}`;

/**
 * Whether what was approved may be done: `fresh` is the hash of what would be done now. Asks the configuration again,
 * for somebody may have lost a right since. Decided once; a replay gets the same.
 */
export async function settle(asking: Asking, id: string, fresh: string) {
  const { approvals, hold } = asking;
  const kept = await approvals.find(id);
  if (kept === undefined) throw new TypeError(`there is no approval ${id}`);
  const stale = kept.approval.hash !== fresh;
  const reason = stale ? "What would change is no longer what was approved." : await lost(asking, kept.approval);
  const fate = await approvals.settle(id, stale ? "stale" : reason === "" ? "used" : "no_rights", reason, hold);
  return { fate, reason: reason === "" ? "It could not be used when it was given." : reason };
}

/** Why the yes no longer counts; empty when it does. */
async function lost(asking: Asking, approval: Approval): Promise<string> {
  const { rules, approvals } = asking;
  const votes = await approvals.votes(approval.id);
  const run = { ...asking.record, risk: approval.risk };
  const gone = votes.find(({ actor }) => !rules.mayApprove(actor, run));
  if (gone !== undefined) return `${gone.actor}, who approved it, may no longer do so; nothing was changed.`;
  const broken = votes.some(({ via }) => via === "break-glass");
  if (broken) return rules.breakGlass() ? "" : "Nobody may go on alone any more; nothing was changed.";
  const enough = isMet(needNow(asking, approval), votes, approval.requester);
  return enough ? "" : "By now it takes the yes of somebody else as well; nothing was changed.";
}

function needNow({ rules, record }: Asking, { risk, cluster }: Pick<Request, "risk" | "cluster">): Need {
  const who = rules.approvers({ ...record, cluster, risk });
  const settings = { oneTimeCode: rules.needsCode(null), breakGlass: rules.breakGlass() };
  return needOf(risk, { cluster, requester: record.actor, who, ...settings });
}

function newApproval(asking: Asking, request: Request, now: number): Approval {
  const { step: _step, ...asked } = request;
  const expiresAt = new Date(now + approvalMs).toISOString();
  return { ...asked, requester: asking.record.actor, expiresAt, need: needNow(asking, request) };
}

const sentences = {
  plan: {
    approved: "The plan was approved.",
    rejected: "The plan was rejected; nothing was changed.",
    expired: "Nobody answered in time; nothing was changed.",
  },
  question: { approved: "It was approved.", rejected: "It was rejected.", expired: "Nobody answered in time." },
};
