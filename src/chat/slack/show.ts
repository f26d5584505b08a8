import type { Card } from "../../core/card.ts";
import type { Receipt } from "../../core/desk.ts";
import { shortId } from "../../core/left.ts";
import type { Shown } from "./answers.ts";
import { slackMessage } from "./card.ts";
import type { Inside, Visit } from "./inside.ts";
import { answerModal } from "./modal.ts";
import { openModal } from "./open-modal.ts";
import { slackSaying } from "./saying.ts";

/** Characters that a message has room for in any case; a modal has five times as much. */
const mostInMessage = 5000;

/** Words for one person, as they are: nothing in them means anything to Slack. */
export function plainly(text: string): Shown {
  const { files: _, ...message } = slackSaying({ text, tone: "news", mentions: [] }, []);
  return message;
}

/**
 * Shows what came back. The card of a run is shown by the engine, where the bot can speak. An answer for one person that
 * is too long for a message is a modal, as long as Slack opens one.
 */
export async function show(inside: Inside, visit: Visit, receipt: Receipt, triggerId: string | null): Promise<void> {
  const { answers, now } = inside;
  const { asker, member } = visit;
  if (receipt.kind === "run") {
    if (member) return;
    const elsewhere = `/runs show ${shortId(receipt.runId)} shows it where the bot is; /invite @nonet brings it here.`;
    return answers.give(
      asker,
      plainly(`The bot is not in this channel, so the run has no card here. ${elsewhere}`),
      "asker",
    );
  }
  const { card, shared } = receipt;
  if (!shared && triggerId !== null && sizeOf(card) > mostInMessage) {
    const opened = await openModal(inside, triggerId, answerModal(card, now())).then(
      () => true,
      () => false,
    );
    if (opened) return;
  }
  await answers.give(asker, slackMessage(card, { now: now(), revision: "answer" }), shared ? "everybody" : "asker");
}

function sizeOf({ text, diff, table }: Card): number {
  const cells = table?.rows.flat() ?? [];
  return [text ?? "", ...diff, ...cells].join(" ").length;
}
