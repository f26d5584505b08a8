import { OpsError } from "../../core/errors.ts";
import type { Inside, Visit } from "./inside.ts";
import { askForFields } from "./modals.ts";
import type { BlockActions } from "./payload.ts";
import { show } from "./show.ts";

/** Milliseconds after which a click is no decision any more: what it was about may have changed. */
const decisionMs = 10 * 60_000;

/** A button under a message: done at once, or asked for what it needs. */
export async function press(inside: Inside, visit: Visit, data: BlockActions): Promise<void> {
  const [{ action_id: id, action_ts: pressedAt }] = data.actions;
  if (inside.now() - Number(pressedAt) * 1000 > decisionMs) throw late();
  const messageId = data.container.message_ts;
  const at = { place: `slack:${visit.caller.channel}`, messageId };
  const action = await inside.desk.action(id, at);
  if (action.fields.length > 0) return askForFields(inside, visit, { action, messageId }, data.trigger_id);
  const receipt = await inside.desk.press(id, at, {}, visit.caller);
  if (receipt !== undefined) await show(inside, visit, receipt, data.trigger_id);
}

const late = () =>
  new OpsError({
    code: "press_late",
    message: "This click arrived more than ten minutes late.",
    state: "Nothing was done.",
    hint: "Look at the card as it is now, then press again.",
  });
