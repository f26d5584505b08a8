import { actionId, type ActionField, type CardAction, type Deed } from "./action.ts";
import type { ApprovalView } from "./approval.ts";
import { wordFor } from "./friction.ts";
import type { RunView } from "./journal.ts";
import { planLines } from "./plan-lines.ts";
import type { Plan } from "./plan.ts";

/** As many lines of a plan as a card shows, but for deletions, of which it shows all that a chat has room for. */
const shownLines = 15;
const shownDeletions = 25;
/** Characters; a card of Discord has room for 3,600, of which this is what surely is left for a plan. */
const shownCharacters = 1200;

/** The lines of a plan its card shows; those `left` out must be opened before somebody approves it in chat. */
export function shownPlan(plan: Plan): { readonly lines: readonly string[]; readonly left: number } {
  const lines = planLines(plan);
  const most = Math.max(shownLines, Math.min(plan.deletes.length, shownDeletions));
  let characters = 0;
  const shown = lines.slice(0, most).filter((line) => (characters += line.length + 1) <= shownCharacters);
  return { lines: shown, left: lines.length - shown.length };
}

/** Whether its card leaves something out of what is asked. */
export const isCut = ({ plan }: Pick<ApprovalView, "plan">): boolean => plan !== null && shownPlan(plan).left > 0;

/** The button that carries on a run that ended before its end. */
export const carryOn = (runId: string): CardAction => ({
  id: actionId({ deed: "resume", target: runId, hash: "" }),
  label: "Carry on",
  style: "primary",
  fields: [],
});

/** The buttons of a run as it is now. */
export function runActions(view: RunView): CardAction[] {
  const { approval, state, id, finishedAt, risk } = view;
  const action = (deed: Deed, label: string, rest: Partial<CardAction> = {}, hash = ""): CardAction => ({
    id: actionId({ deed, target: id, hash }),
    label,
    style: "plain",
    fields: [],
    ...rest,
  });
  if (state === "waiting" && approval !== null) return answers(approval, action);
  if (finishedAt === null) return view.stoppedBy === null ? [action("cancel", "Cancel", { style: "danger" })] : [];
  const next = (view.result?.next ?? []).map(({ label }, at) =>
    action("next", label, { style: "primary" }, at.toString(16)),
  );
  if (risk === "read" || state === "rejected" || state === "expired") return next;
  return view.result?.ok === true ? next : [...next, carryOn(id)];
}

function answers(
  approval: ApprovalView,
  action: (deed: Deed, label: string, rest?: Partial<CardAction>, hash?: string) => CardAction,
): CardAction[] {
  const { hash, need, votes, risk } = approval;
  const codes = risk === "dataloss" ? [codeField(need.code)] : [];
  const word = wordFor(need, votes);
  const typed: ActionField[] =
    need.typed === null || word === "yes"
      ? []
      : [
          {
            name: "typed",
            label: `Type ${word} to approve`.slice(0, 45),
            // Of two people, one of them types it.
            hint: need.people === 1 ? "The name of the cluster" : "The name of the cluster; one of you must type it",
            required: need.people === 1 || votes.length > 0,
          },
        ];
  const reason: ActionField = {
    name: "reason",
    label: "Why it cannot wait",
    hint: "Everybody reads this",
    required: true,
  };
  return [
    action("approve", "Approve", { style: "primary", fields: [...typed, ...codes] }, hash),
    action("refuse", "Refuse", { style: "danger" }, hash),
    ...(isCut(approval) ? [action("plan", "Whole plan", {}, hash)] : []),
    ...(need.breakGlass
      ? [action("break", "Break the glass", { style: "danger", fields: [reason, ...codes] }, hash)]
      : []),
  ];
}

const codeField = (required: boolean): ActionField => ({
  name: "code",
  label: "One-time code",
  hint: required ? "Six digits of your authenticator app" : "Only if you use one: six digits of your authenticator app",
  required,
});
