import type { What } from "../auth/attempt.ts";
import type { Caller } from "../core/caller.ts";
import type { Desk } from "../core/desk.ts";
import { readAnswer } from "../core/friction.ts";
import { runCard } from "../core/run-card.ts";
import { resultOf } from "./answers.ts";
import { board, lastLook, see } from "./board.ts";
import { complete, formFor } from "./complete.ts";
import { findRun, nothingAsked, type DeskParts, type Inside } from "./inside.ts";
import { findAction, press } from "./press.ts";
import { submitFilled, submitText } from "./submit.ts";
import { openWitness } from "./witness.ts";

/** The desk: reads what was typed or pressed, asks the authorizer, and hands it to the engine under the name of the person. */
export function openDesk(parts: DeskParts): Desk {
  const inside = insideOf(parts);
  const { runs, witness } = inside;
  return {
    nameOf: inside.authorizer.nameOf,
    commandsFor: inside.commandsFor,
    submit: (text, caller) => submitText(inside, text, caller),
    use: (name, options, caller) => submitFilled(inside, name, options, caller),
    formFor: (text, caller) => formFor(inside, text, caller),
    complete: (asked, caller) => complete(inside, asked, caller),
    action: async (id, at) => findAction(inside, id, at),
    press: (...pressed) => press(inside, ...pressed),
    board: (caller) => board(inside, caller),
    lastLook: (cluster, caller) => lastLook(inside, cluster, caller),
    see: (runId, caller) => see(inside, runId, caller),
    watch: (changed) => runs.watch(changed),
    follow: (runId, listener) =>
      runs.follow(runId, (view) => listener({ card: runCard(view), result: resultOf(view) })),
    decide: (runId, caller, word) => decide(inside, runId, caller, word),
    cancel: (runId, caller) =>
      witness.watch("cancel", caller, async (tell) => {
        const run = await findRun(runs, runId);
        tell({ cluster: run.cluster, data: { run: runId }, understood: true });
        await runs.cancel(runId, inside.allow(caller, { kind: "stop", run }));
      }),
  };
}

function insideOf(parts: DeskParts): Inside {
  const { authorizer, commands, audit } = parts;
  const may = (caller: Caller, what: What) => authorizer.authorize({ caller, what }).may;
  return {
    ...parts,
    may,
    allow: (caller, what) => {
      const ruling = authorizer.authorize({ caller, what });
      if (!ruling.may) throw ruling.denial;
      return ruling.principal.name;
    },
    commandsFor: (caller) => commands.filter((command) => may(caller, { kind: "use", command, input: null })),
    witness: openWitness(audit, authorizer.nameOf),
  };
}

const deeds = { approved: "approve", rejected: "stop", "break-glass": "break" } as const;

function decide({ runs, witness, allow }: Inside, runId: string, caller: Caller, word: string): Promise<void> {
  return witness.watch("answer", caller, async (tell) => {
    const view = await findRun(runs, runId);
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
  });
}
