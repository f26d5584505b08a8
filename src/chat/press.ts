import { readAction, type CardAction, type Next, type Pressed } from "../core/action.ts";
import type { ApprovalView } from "../core/approval.ts";
import type { Caller } from "../core/caller.ts";
import { webPlace, type Filled, type PressedAt, type Receipt } from "../core/desk.ts";
import { OpsError } from "../core/errors.ts";
import { voteOf, type Answer } from "../core/friction.ts";
import type { RunView } from "../core/journal.ts";
import type { Notice } from "../core/notice.ts";
import { noticeCard } from "../core/notice-card.ts";
import { planLines } from "../core/plan-lines.ts";
import { isCut } from "../core/run-actions.ts";
import { runCard } from "../core/run-card.ts";
import { answerCard } from "./answers.ts";
import { acknowledgeNotice } from "./call-notices.ts";
import { callRuns } from "./call-runs.ts";
import { nothingAsked, type Inside } from "./inside.ts";
import { submitText } from "./submit.ts";

/** A button that belongs where it was pressed. */
interface Found {
  readonly action: CardAction;
  readonly pressed: Pressed;
  readonly view: RunView;
}

/** Looks a button up: what Nonet made, under the message it made it for, and only while it is there. */
export async function findAction(inside: Inside, id: string, at: PressedAt): Promise<CardAction> {
  const pressed = known(id);
  const ofNotice = await isOfNotice(inside, pressed, at);
  const find = ofNotice ? findOfNotice(inside, id, at) : findOfRun(inside, pressed, id, at);
  return (await find).action;
}

/** What a notice itself offers; what it offers for its run is that run's. */
async function isOfNotice({ runs }: Inside, { deed, target }: Pressed, at: PressedAt): Promise<boolean> {
  if (deed === "acknowledge") return true;
  return deed === "next" && (await noticeAt(runs.notices, at))?.id === target;
}

function known(id: string): Pressed {
  const pressed = readAction(id);
  if (pressed === undefined) throw stale("Nonet made no such button.");
  return pressed;
}

/** What a notice offers for its run belongs to its card as well. */
async function findOfRun({ runs }: Inside, pressed: Pressed, id: string, at: PressedAt): Promise<Found> {
  const view = await runs.view(pressed.target);
  if (view === undefined) throw astray();
  if (!(await isCardOf(view.id, at, runs))) {
    const notice = await noticeAt(runs.notices, at);
    if (notice === undefined || !noticeCard(notice).actions.some((each) => each.id === id)) throw astray();
  }
  const action = runCard(view).actions.find((each) => each.id === id);
  if (action !== undefined) return { action, pressed, view };
  if (pressed.hash === "" || pressed.deed === "next")
    throw stale("There is nothing to be done with this button any more.");
  if (view.state !== "waiting") throw nothingAsked(view.approval);
  throw stale("What is asked has changed since this card was made.");
}

/** See `Desk.press`. */
export async function press(
  inside: Inside,
  id: string,
  at: PressedAt,
  filled: Filled,
  caller: Caller,
): Promise<Receipt | undefined> {
  const pressed = known(id);
  if (pressed.deed === "acknowledge") return acknowledge(inside, id, at, caller);
  if (await isOfNotice(inside, pressed, at)) {
    const { notice } = await findOfNotice(inside, id, at);
    return give(inside, pressed, notice.next, caller);
  }
  const found = await findOfRun(inside, pressed, id, at);
  const { view } = found;
  switch (pressed.deed) {
    case "approve":
    case "refuse":
    case "break":
      return answer(inside, found, filled, caller);
    case "plan":
      return showPlan(inside, view, caller);
    case "cancel":
      return inside.witness.watch("cancel", caller, async (tell) => {
        tell({ cluster: view.cluster, data: { run: view.id }, understood: true });
        await inside.runs.cancel(view.id, inside.allow(caller, { kind: "stop", run: view }));
        return undefined;
      });
    case "resume":
    case "retry":
      return repeat(inside, found, caller);
    case "next":
      return give(inside, pressed, view.result?.next, caller);
  }
}

/** What was offered is looked up in the record of the run or the notice, and given as if the caller had typed it. */
function give(inside: Inside, { hash }: Pressed, next: readonly Next[] | undefined, caller: Caller): Promise<Receipt> {
  const offered = next?.[Number.parseInt(hash, 16)];
  if (offered === undefined) throw stale("This command is not offered any more.");
  return submitText(inside, offered.command, caller);
}

async function findOfNotice({ runs }: Inside, id: string, at: PressedAt) {
  const notice = await noticeAt(runs.notices, at);
  if (notice === undefined || notice.id !== known(id).target) throw astray();
  const action = noticeCard(notice).actions.find((each) => each.id === id);
  if (action === undefined) throw stale(`Nobody waits for this any more. ${notice.title}.`);
  return { notice, action };
}

async function noticeAt(notices: Inside["runs"]["notices"], at: PressedAt): Promise<Notice | undefined> {
  if (at.place !== webPlace) return notices.under(at);
  return (await notices.beginning(at.messageId)).find(({ id }) => id === at.messageId);
}

async function isCardOf(runId: string, { place, messageId }: PressedAt, runs: Inside["runs"]): Promise<boolean> {
  return messageId === (place === webPlace ? runId : await runs.messageOf(runId, place));
}

function acknowledge(inside: Inside, id: string, at: PressedAt, caller: Caller): Promise<undefined> {
  return inside.witness.watch("acknowledge", caller, async (tell) => {
    const { notice } = await findOfNotice(inside, id, at);
    tell({ cluster: notice.cluster, data: { notice: notice.id }, understood: true });
    await acknowledgeNotice(inside, notice, caller);
    return undefined;
  });
}

const verdicts = { approve: "approved", refuse: "rejected", break: "break-glass" } as const;
const rights = { approve: "approve", refuse: "stop", break: "break" } as const;

async function answer(
  { runs, witness, allow }: Inside,
  { pressed, view }: Found,
  { typed, code, reason }: Filled,
  caller: Caller,
): Promise<undefined> {
  const { approval } = view;
  const { deed } = pressed;
  if (approval === null || (deed !== "approve" && deed !== "refuse" && deed !== "break")) throw nothingAsked(approval);
  await witness.watch("answer", caller, async (tell) => {
    const verdict = verdicts[deed];
    tell({ cluster: view.cluster, data: { run: view.id, verdict }, understood: true });
    const { risk, cluster, hash, id: approvalId } = approval;
    const actor = allow(caller, { kind: rights[deed], run: { ...view, risk, cluster } });
    const optional = Object.fromEntries(Object.entries({ typed, code, reason }).filter(([, value]) => value));
    const given: Answer = { approvalId, hash, verdict, actor, via: caller.via, ...optional };
    if (verdict !== "rejected") await checkOpened(runs, approval, actor);
    checkTyped(approval, given);
    await runs.decide(given);
  });
  return undefined;
}

/** Nobody says yes to lines that the card had no room for. */
async function checkOpened(runs: Inside["runs"], approval: ApprovalView, actor: string): Promise<void> {
  if (!isCut(approval) || (await runs.hasOpened(approval.id, actor))) return;
  throw new OpsError({
    code: "plan_not_opened",
    message: "The plan is longer than this card shows.",
    state: "Your answer does not count yet.",
    hint: "Open “Whole plan” first, then answer again.",
  });
}

/** A name typed wrongly is an error, not a yes without a name. */
function checkTyped({ need }: ApprovalView, given: Answer): void {
  if (given.verdict !== "approved" || given.typed === undefined || voteOf(need, given).typed) return;
  throw new OpsError({
    code: "needs_typed_name",
    message: `“${given.typed}” is not the cluster's name.`,
    state: "Nothing was changed.",
    hint: `Type ${need.typed ?? "it"} exactly.`,
  });
}

async function showPlan({ runs, allow, commands }: Inside, view: RunView, caller: Caller): Promise<Receipt> {
  const { approval } = view;
  if (approval === null || approval.plan === null) throw nothingAsked(approval);
  const command = commands.find(({ name }) => name === "runs show");
  if (command === undefined) throw new TypeError("there is no command to look at runs");
  const actor = allow(caller, { kind: "see", command, run: view });
  await runs.planOpened(approval.id, actor);
  const { summary: verdict } = approval.plan;
  const result = { ok: true, verdict };
  const card = { ...answerCard(`The whole plan of ${runCard(view).title}`, result), diff: planLines(approval.plan) };
  return { kind: "answer", card, result, shared: false };
}

/** The button gives the same command as `/runs resume` or `/runs retry`. */
function repeat({ commands, runs, allow, authorizer, witness }: Inside, { pressed, view }: Found, caller: Caller) {
  const command = commands.find(({ name }) => name === `runs ${pressed.deed}`);
  if (command === undefined) throw new TypeError(`there is no command to ${pressed.deed} runs`);
  return witness.watch("call", caller, async (tell): Promise<Receipt | undefined> => {
    tell({ cluster: view.cluster, data: { command: command.name, input: { id: view.id } }, understood: true });
    const actor = allow(caller, { kind: "use", command, input: { id: view.id } });
    const places = authorizer.placesOf(caller);
    const own = callRuns({ command, commands, runs, allow, places }, caller, actor);
    const reply = await own.again(await own.find(view.id, "repeat"), pressed.deed === "resume");
    return reply.kind === "run" ? reply : undefined;
  });
}

const astray = (): OpsError => stale("This button does not belong to the card it is under.");

const stale = (message: string): OpsError =>
  new OpsError({
    code: "stale_button",
    message,
    state: "Nothing was done.",
    hint: "Look at the newest card; /runs list and /notices list name all.",
  });
