import type { Filled, PressedAt } from "../../core/desk.ts";
import type { Asked, Ears } from "./ears.ts";
import { isStillMeant, tellLate } from "./late.ts";
import { cardMessage, failureMessage } from "./messages.ts";
import { actionModal, filledFrom } from "./modal.ts";
import type { Ack } from "./reply.ts";
import { within } from "./within.ts";

/** Milliseconds to look a button up: a form must be the first answer, and Discord waits for three seconds. */
const lookMs = 2000;

/** A button below a card: pressed at once, or after a form was filled in. */
export async function answerButton(ears: Ears, asked: Asked): Promise<void> {
  const { desk, now } = ears;
  const { reply } = asked;
  const [id, at] = pressedIn(asked);
  const looked = await within(lookMs, desk.action(id, at)).then(
    (action) => ({ action }),
    (error: unknown) => ({ error }),
  );
  if ("error" in looked) return void (await reply.tell(failureMessage("This button", looked.error, now())));
  if (looked.action.fields.length === 0) return press(ears, asked, {}, await reply.deferUpdate());
  const ack = await reply.openForm(actionModal(looked.action));
  if (ack === "late" && isStillMeant(ears, asked)) await tellLate(ears, asked, "Nothing was done; press it again.");
}

/** The form of a button, filled in. Which message the button is below, Discord says again. */
export async function answerForm(ears: Ears, asked: Asked): Promise<void> {
  const filled = filledFrom(asked.interaction.data?.components ?? []);
  await press(ears, asked, filled, await asked.reply.deferUpdate());
}

async function press(ears: Ears, asked: Asked, filled: Filled, ack: Ack): Promise<void> {
  const { desk, session, now, log } = ears;
  const { caller, reply } = asked;
  if (ack === "taken") return;
  // As for commands: from here on it counts as heard.
  await session.save();
  if (ack === "late" && !isStillMeant(ears, asked)) return;
  const [id, at] = pressedIn(asked);
  try {
    const receipt = await desk.press(id, at, filled, caller);
    if (receipt?.kind !== "answer") return;
    if (ack === "late") await tellLate(ears, asked, "The answer would have been for you only; please press it again.");
    else await reply.follow(cardMessage(receipt.card, now()));
  } catch (error) {
    log.warn({ button: id, user: caller.id, err: error }, "a button in Discord was pressed without effect");
    if (ack === "late") await tellLate(ears, asked, "It was not done; press it again to see why.");
    else await reply.follow(failureMessage("This button", error, now()));
  }
}

/** The id of the button, and the message it is below, as Discord vouches for it. */
function pressedIn({ interaction, caller }: Asked): [id: string, at: PressedAt] {
  const at = { place: `discord:${caller.channel}`, messageId: interaction.message?.id ?? "" };
  return [interaction.data?.custom_id ?? "", at];
}
