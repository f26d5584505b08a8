import { clustersOf, type What } from "../auth/attempt.ts";
import type { Authorizer } from "../auth/authorize.ts";
import type { Audit } from "../core/audit.ts";
import type { Caller } from "../core/caller.ts";
import type { Card } from "../core/card.ts";
import type { Call, Command, OneTimeCodes } from "../core/command.ts";
import { findCommand, readInput } from "../core/typed.ts";
import type { Desk, Receipt } from "../core/desk.ts";
import { OpsError } from "../core/errors.ts";
import { readAnswer, type Answer } from "../core/friction.ts";
import type { ApprovalView } from "../core/approval.ts";
import type { Json } from "../core/json.ts";
import type { RunView } from "../core/journal.ts";
import { placeOf, type Place } from "../core/mouth.ts";
import type { Playbook, Result } from "../core/playbook.ts";
import type { Services } from "../core/ports.ts";
import type { Reviews } from "../core/reviews.ts";
import { runCard } from "../core/run-card.ts";
import { callRuns, type PeoplesRuns } from "./call-runs.ts";
import { openWitness, type Asked, type Witness } from "./witness.ts";

/** The part of the engine that chat needs. */
export interface Runs extends PeoplesRuns {
  /** Starts a run, or joins the unfinished one of the same playbook and input; its card goes to the place. Returns its id. */
  start<I extends object>(playbook: Playbook<I>, input: I, actor: string, place: Place | null): Promise<string>;
  /** `undefined` for a run nobody started. */
  view(runId: string): Promise<RunView | undefined>;
  decide(answer: Answer): Promise<void>;
  /** Calls back with the view now and after every event; returns how to stop that. */
  follow(runId: string, listener: (view: RunView) => void): () => void;
  readonly reviews: Reviews;
  readonly codes: OneTimeCodes;
}

/** What the desk is made of. */
export interface DeskParts {
  readonly commands: readonly Command[];
  readonly services: Services;
  readonly runs: Runs;
  readonly authorizer: Authorizer;
  readonly audit: Audit;
}

/** The desk: reads what was typed, asks the authorizer, and hands it to the engine under the name of the person. */
export function openDesk(parts: DeskParts): Desk {
  const { commands, runs, authorizer } = parts;
  /** Returns the name of the person. */
  const allow = (caller: Caller, what: What): string => {
    const ruling = authorizer.authorize({ caller, what });
    if (!ruling.may) throw ruling.denial;
    return ruling.principal.name;
  };
  const commandsFor = (caller: Caller) =>
    commands.filter((command) => authorizer.authorize({ caller, what: { kind: "use", command, input: null } }).may);
  const { nameOf } = authorizer;
  const witness = openWitness(parts.audit, nameOf);
  const inside = { ...parts, allow, commandsFor, witness };
  return {
    nameOf,
    commandsFor,
    submit: (text, caller) => witness.watch("call", caller, (tell) => submit(inside, text, caller, tell)),
    follow: (runId, listener) =>
      runs.follow(runId, (view) => listener({ card: runCard(view), result: resultOf(view) })),
    decide: (runId, caller, word) =>
      witness.watch("answer", caller, async (tell) => {
        const view = await find(runs, runId);
        const { approval } = view;
        if (approval === null || approval.verdict !== null) {
          tell({ cluster: view.cluster, data: { run: runId }, understood: true });
          allow(caller, { kind: "stop", run: view });
          throw nothingAsked(approval);
        }
        const { id: approvalId, hash, need, risk, cluster } = approval;
        const answer = readAnswer(need, word);
        tell({ cluster: view.cluster, data: { run: runId, verdict: answer.verdict }, understood: true });
        const actor = allow(caller, { kind: deeds[answer.verdict], run: { ...view, risk, cluster } });
        await runs.decide({ approvalId, hash, actor, via: caller.via, ...answer });
      }),
    cancel: (runId, caller) =>
      witness.watch("cancel", caller, async (tell) => {
        const run = await find(runs, runId);
        tell({ cluster: run.cluster, data: { run: runId }, understood: true });
        await runs.cancel(runId, allow(caller, { kind: "stop", run }));
      }),
  };
}

/** What the desk's own parts share. */
interface Inside extends DeskParts {
  /** Returns the name of the person. */
  readonly allow: (caller: Caller, what: What) => string;
  readonly commandsFor: (caller: Caller) => readonly Command[];
  readonly witness: Witness;
}

/** Reads, authorizes, records and runs a command; `tell` takes what becomes known of it. */
async function submit(
  { commands, services, runs, audit, allow, commandsFor, witness }: Inside,
  text: string,
  caller: Caller,
  tell: (asked: Asked) => void,
): Promise<Receipt> {
  const typed = findCommand(text, commands, commandsFor(caller));
  const { command } = typed;
  // Twice: whoever may not use it at all is not taught its options.
  tell({ cluster: null, data: { command: command.name }, understood: false });
  allow(caller, { kind: "use", command, input: null });
  const input = readInput(typed);
  const asked = askedFor(command, input);
  tell(asked);
  const actor = allow(caller, { kind: "use", command, input });
  const recorded = witness.record("call", caller, asked);
  // A look is given also while the disk is full; what changes something leaves its trace or is not done.
  await (looks.has(command.access) ? recorded.catch(() => undefined) : recorded);
  const call: Call = {
    actor,
    via: caller.via,
    services,
    audit,
    commands: commandsFor(caller),
    runs: callRuns({ command, commands, runs, allow }, caller, actor),
    reviews: runs.reviews,
    codes: runs.codes,
    start: async (playbook, given) => {
      return { kind: "run", runId: await runs.start(playbook, given, actor, placeOf(caller)) };
    },
  };
  const reply = await command.run(call, input);
  if (reply.kind === "run") return reply;
  return { kind: "answer", card: answerCard(text, reply.result), result: reply.result };
}

/** Commands that only look. */
const looks: ReadonlySet<Command["access"]> = new Set(["anyone", "viewer"]);

/** A command and its options as they were understood. */
function askedFor(command: Command, input: object): Asked {
  const clusters = clustersOf({ kind: "use", command, input }) ?? [];
  const plain: Json = JSON.parse(JSON.stringify(input));
  const cluster = clusters.length === 1 ? (clusters[0] ?? null) : null;
  return { cluster, data: { command: command.name, input: plain }, understood: true };
}

async function find(runs: Runs, runId: string): Promise<RunView> {
  const view = await runs.view(runId);
  if (view !== undefined) return view;
  throw new OpsError({ code: "no_such_run", message: `There is no run ${runId}.` });
}

const deeds = { approved: "approve", rejected: "stop", "break-glass": "break" } as const;

function nothingAsked(last: ApprovalView | null): OpsError {
  if (last === null) return new OpsError({ code: "nothing_asked", message: "This run asks nothing right now." });
  const by = last.by === null ? "" : ` by ${last.by}`;
  return new OpsError({ code: "approval_closed", message: `This was already ${last.verdict ?? "closed"}${by}.` });
}

/** How a run ended, also when it did not come to its own end; `null` while it goes on. */
function resultOf(view: RunView): Result | null {
  if (view.finishedAt === null) return null;
  const { verdict } = runCard(view);
  const data = { run: view.id, changed: view.changed, state: view.state };
  const { result } = view;
  if (result === null) return { ok: false, verdict, data };
  const own = typeof result.data === "object" && result.data !== null && !Array.isArray(result.data) ? result.data : {};
  return { ...result, data: { ...data, ...own } };
}

function answerCard(title: string, result: Result): Card {
  return {
    title,
    state: result.ok ? "done" : "failed",
    verdict: result.verdict,
    facts: [],
    checklist: [],
    question: null,
    table: result.table ?? null,
    text: result.text ?? null,
    startedAt: null,
    endedAt: null,
  };
}
