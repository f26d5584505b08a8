import type { Ask, Verdict } from "./ask.ts";
import type { Need, Vote } from "./friction.ts";
import type { Plan, Risk } from "./plan.ts";

/** What a run asks in its middle. */
export type Question = Omit<Ask, "name" | "risk">;

/** What an approval asks for: a yes to the plan before anything is changed, or to a question in the middle. */
export interface Approval {
  /** Unique over all runs. */
  readonly id: string;
  readonly risk: Exclude<Risk, "read">;
  readonly cluster: string | null;
  readonly plan: Plan | null;
  readonly question: Question | null;
  /** Over all that is said yes to. */
  readonly hash: string;
  /** Who would be answered: the one who started the run. */
  readonly requester: string;
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
  readonly need: Need;
  /** Why it is asked again; `null` the first time. */
  readonly reason: string | null;
  /** What is different from the plan that was approved before, one line each. */
  readonly drift: readonly string[];
}

/** An approval as a card shows it. */
export interface ApprovalView extends Approval {
  /** `null` while it is open. */
  readonly verdict: Verdict | null;
  /** Who decided it in the end. */
  readonly by: string | null;
  readonly votes: readonly Vote[];
  /** Why nothing may be done by it although it was approved. */
  readonly refused: string | null;
}

/** What can happen to an approval. */
export type ApprovalFact =
  | { readonly kind: "approval.requested"; readonly approval: Approval }
  | {
      readonly kind: "approval.decided";
      readonly id: string;
      readonly verdict: Verdict;
      /** Who decided it in the end; `null` for an approval that expired. */
      readonly actor: string | null;
    }
  /** Somebody said yes. */
  | ({ readonly kind: "approval.voted"; readonly id: string } & Vote)
  /** It was approved, and yet nothing may be done by it: what is true now is not what it was given for. */
  | {
      readonly kind: "approval.refused";
      readonly id: string;
      readonly why: "stale" | "no_rights";
      readonly reason: string;
    }
  /** The requester went on alone; the review stays open until somebody else acknowledges it. */
  | {
      readonly kind: "glass.broken";
      readonly id: string;
      readonly actor: string;
      readonly reason: string;
      readonly review: string;
    }
  | { readonly kind: "glass.acknowledged"; readonly review: string; readonly actor: string };

/** What happens to an approval once it was requested. */
type AnswerFact = Extract<ApprovalFact, { kind: "approval.voted" | "approval.decided" | "approval.refused" }>;

/** The approval after that. */
export function answered(approval: ApprovalView, fact: AnswerFact): ApprovalView {
  switch (fact.kind) {
    case "approval.voted": {
      const { actor, typed, via } = fact;
      return { ...approval, votes: [...approval.votes, { actor, typed, via }] };
    }
    case "approval.refused":
      return { ...approval, refused: fact.reason };
    case "approval.decided":
      return { ...approval, verdict: fact.verdict, by: fact.actor };
  }
}
