import type { Command } from "../../core/command.ts";
import type { Caller } from "../../core/caller.ts";
import type { Desk, Receipt } from "../../core/desk.ts";
import type { Answers, Asker, Shown } from "./answers.ts";
import { slackMessage, slackSaying } from "./card.ts";
import type { Log, Slack } from "./client.ts";

/** What all that is heard from Slack works with. */
export interface Inside {
  readonly desk: Desk;
  readonly slack: Slack;
  readonly answers: Answers;
  readonly commands: readonly Command[];
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Somebody, where, and how to answer. */
export interface Visit {
  readonly caller: Caller;
  readonly asker: Asker;
}

/** Shows what came back. The card of a run is shown by the engine; where there is no channel, the person hears of it. */
export async function show({ answers, now }: Inside, { caller, asker }: Visit, receipt: Receipt): Promise<void> {
  if (receipt.kind === "run") {
    if (caller.channel !== null) return;
    return answers.give(asker, { text: `Started. /runs show ${receipt.runId} shows it.` }, "asker");
  }
  const message = slackMessage(receipt.card, { now: now(), revision: "answer", pictureId: null });
  await answers.give(asker, message, receipt.shared ? "everybody" : "asker");
}

/** Words for one person, as they are: nothing in them means anything to Slack. */
export const plainly = (text: string): Shown => slackSaying({ text, tone: "news", mentions: [] }, []);
