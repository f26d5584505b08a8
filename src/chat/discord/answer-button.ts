import type { Filled, PressedAt, Receipt } from "../../core/desk.ts";
import type { Asked, Ears } from "./ears.ts";
import { answerMessage, failureMessage } from "./messages.ts";
import { actionModal, filledFrom } from "./modal.ts";
import type { Ack } from "./reply.ts";
import { isStillMeant, tellFailure, tellLate } from "./telling.ts";
import { within } from "./within.ts";

/** Milliseconds to look a button up: a form must be the first answer, and Discord waits for three seconds. */
const lookMs = 2000;
/** What a refusal is about; the button may be anything, so its own words are not repeated. */
const title = "This button";

/** A button below a card: pressed at once, or after a form was filled in. */
export async function answerButton(ears: Ears, asked: Asked): Promise<void> {
  const { desk, now } = ears;
  const { reply } = asked;
  const [id, at] = pressedIn(asked);
  const looked = await within(lookMs, desk.action(id, at)).then(
    (action) => ({ action }),
    (error: unknown) => ({ error }),
  );
  if ("error" in looked) return void (await reply.tell(failureMessage(title, looked.error, now())));
  if (looked.action.fields.length === 0) return press(ears, asked, {}, await reply.deferUpdate());
  const ack = await reply.openForm(actionModal(looked.action));
  if (ack === "late" && isStillMeant(ears, asked)) await tellLate(ears, asked, "Nothing was done; press it again.");
}

/** The form of a button, filled in. Which message the button is below, Discord says again. */
export async function answerForm(ears: Ears, asked: Asked): Promise<void> {
  const filled = filledFrom({ components: asked.interaction.data?.components ?? [] });
  await press(ears, asked, filled, await asked.reply.deferUpdate());
}

async function press(ears: Ears, asked: Asked, filled: Filled, ack: Ack): Promise<void> {
  const { desk, session, lanes } = ears;
  if (ack === "taken") return;
  // As for commands: from here on it counts as heard.
  await session.save();
  const isLate = ack === "late";
  if (isLate && !isStillMeant(ears, asked)) return;
  const [id, at] = pressedIn(asked);
  await lanes.run(asked.caller.id, async () => {
    const done = await desk.press(id, at, filled, asked.caller).then(
      (receipt) => ({ receipt }),
      (error: unknown) => ({ error }),
    );
    if ("error" in done) await tellFailure(ears, asked, { title, error: done.error, how: isLate ? "late" : "follow" });
    else await show(ears, asked, done.receipt, isLate);
  });
}

/** What a button changes, the card shows; what it only tells is for whoever pressed it. */
async function show(ears: Ears, asked: Asked, receipt: Receipt | undefined, isLate: boolean): Promise<void> {
  if (receipt?.kind !== "answer") return;
  if (isLate) await tellLate(ears, asked, "The answer would have been for you only; please press it again.");
  else await asked.reply.follow(answerMessage(receipt.card, ears.now()));
}

/** The id of the button, and the message it is below, as Discord vouches for it. */
function pressedIn({ interaction, caller }: Asked): [id: string, at: PressedAt] {
  const at = { place: `discord:${caller.channel}`, messageId: interaction.message?.id ?? "" };
  return [interaction.data?.custom_id ?? "", at];
}
