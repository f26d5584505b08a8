import type { What } from "../auth/attempt.ts";
import type { Authorizer } from "../auth/authorize.ts";
import type { Caller } from "../core/caller.ts";
import type { Card } from "../core/card.ts";
import { findCommand, readInput, type Call, type Command, type OneTimeCodes } from "../core/command.ts";
import type { Desk, Receipt } from "../core/desk.ts";
import { OpsError } from "../core/errors.ts";
import { readAnswer, type Answer } from "../core/friction.ts";
import type { ApprovalView } from "../core/approval.ts";
import type { RunView } from "../core/journal.ts";
import type { Playbook, Result } from "../core/playbook.ts";
import type { Services } from "../core/ports.ts";
import type { Reviews } from "../core/reviews.ts";
import { runCard } from "../core/run-card.ts";
import { callRuns, type PeoplesRuns } from "./call-runs.ts";

/** The part of the engine that chat needs. */
export interface Runs extends PeoplesRuns {
  /** Starts a run, or joins the unfinished one of the same playbook and input. Returns its id. */
  start<I extends object>(playbook: Playbook<I>, input: I, actor: string): Promise<string>;
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
}

/** The desk: reads what was typed, asks the authorizer, and hands it to the engine under the name of the person. */
export function openDesk({ commands, services, runs, authorizer }: DeskParts): Desk {
  /** Returns the name of the person. */
  const allow = (caller: Caller, what: What): string => {
    const ruling = authorizer.authorize({ caller, what });
    if (!ruling.may) throw ruling.denial;
    return ruling.principal.name;
  };
  const commandsFor = (caller: Caller) =>
    commands.filter((command) => authorizer.authorize({ caller, what: { kind: "use", command, input: null } }).may);
  return {
    commandsFor,
    async submit(text, caller): Promise<Receipt> {
      const typed = findCommand(text, commands, commandsFor(caller));
      const { command } = typed;
      // Twice: whoever may not use it at all is not taught its options.
      allow(caller, { kind: "use", command, input: null });
      const input = readInput(typed);
      const actor = allow(caller, { kind: "use", command, input });
      const call: Call = {
        actor,
        via: caller.via,
        services,
        commands: commandsFor(caller),
        runs: callRuns({ command, commands, runs, allow }, caller, actor),
        reviews: runs.reviews,
        codes: runs.codes,
        start: async (playbook, given) => ({ kind: "run", runId: await runs.start(playbook, given, actor) }),
      };
      const reply = await command.run(call, input);
      if (reply.kind === "run") return reply;
      return { kind: "answer", card: answerCard(text, reply.result), result: reply.result };
    },
    follow: (runId, listener) =>
      runs.follow(runId, (view) => listener({ card: runCard(view), result: resultOf(view) })),
    async decide(runId, caller, word) {
      const view = await find(runs, runId);
      const { approval } = view;
      if (approval === null || approval.verdict !== null) {
        allow(caller, { kind: "stop", run: view });
        throw nothingAsked(approval);
      }
      const { id: approvalId, hash, need, risk, cluster } = approval;
      const answer = readAnswer(need, word);
      const actor = allow(caller, { kind: deeds[answer.verdict], run: { ...view, risk, cluster } });
      await runs.decide({ approvalId, hash, actor, via: caller.via, ...answer });
    },
    async cancel(runId, caller) {
      const run = await find(runs, runId);
      await runs.cancel(runId, allow(caller, { kind: "stop", run }));
    },
  };
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
