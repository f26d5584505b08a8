import type { Card } from "../core/card.ts";
import { parseCommand, type Access, type Call, type Command } from "../core/command.ts";
import type { Desk, Receipt } from "../core/desk.ts";
import { OpsError } from "../core/errors.ts";
import type { RunView } from "../core/journal.ts";
import type { Playbook, Result } from "../core/playbook.ts";
import type { Services } from "../core/ports.ts";
import { runCard } from "../core/run-card.ts";

/** The part of the engine that chat needs. */
export interface Runs {
  /** Starts a run, or joins the unfinished one of the same playbook and input. Returns its id. */
  start<I extends object>(playbook: Playbook<I>, input: I, actor: string): Promise<string>;
  decide(runId: string, actor: string, word: string): Promise<void>;
  /** Calls back with the view now and after every event; returns how to stop that. */
  follow(runId: string, listener: (view: RunView) => void): () => void;
}

/** What the desk is made of. */
export interface DeskParts {
  readonly commands: readonly Command[];
  readonly services: Services;
  readonly runs: Runs;
  /** @throws OpsError `forbidden` with the reason, when this person may not do that. */
  readonly authorize: (actor: string, access: Access, command: string) => void;
}

/** The desk: reads what was typed, asks the authorizer, and hands it to the engine. */
export function openDesk({ commands, services, runs, authorize }: DeskParts): Desk {
  return {
    commands,
    async submit(text, actor): Promise<Receipt> {
      const { command, input } = parseCommand(text, commands);
      authorize(actor, command.access, command.name);
      const call: Call = {
        actor,
        services,
        commands,
        start: async (playbook, given) => ({ kind: "run", runId: await runs.start(playbook, given, actor) }),
      };
      const reply = await command.run(call, input);
      if (reply.kind === "run") return reply;
      return { kind: "answer", card: answerCard(text, reply.result), result: reply.result };
    },
    follow: (runId, listener) =>
      runs.follow(runId, (view) => listener({ card: runCard(view), result: resultOf(view) })),
    decide: (runId, actor, word) => runs.decide(runId, actor, word),
  };
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

/** Who may do what on a machine that has only its console: its owner, everything; anybody else, nothing. */
export function onlyOwner(owner: string): DeskParts["authorize"] {
  return (actor, _access, command) => {
    if (actor === owner) return;
    throw new OpsError({
      code: "forbidden",
      message: `${actor} may not use /${command}.`,
      hint: `Ask ${owner}, who runs this bot.`,
    });
  };
}
