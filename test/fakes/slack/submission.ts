import { Refusal } from "./refusal.ts";
import { inWords, isShape, shapesIn, type Shape } from "./shape.ts";
import { checkedView, closeViews, pushView, replaceView } from "./views.ts";
import type { FakeView, Workspace } from "./workspace.ts";

/** What a modal says when the app's answer makes no sense to Slack. */
const connecting = "We had some trouble connecting. Try again?";

/**
 * Does with a modal what the acknowledgement of its submission says: nothing closes it, `update` and `push` show another
 * view, `clear` closes all, `errors` keeps it. Returns what the modal says, or null.
 */
export function takeSubmission(world: Workspace, shown: FakeView, ack: Shape): string | null {
  const { response_action: action } = ack;
  try {
    if (action === undefined) closeViews(world, shown.user, shown);
    else if (action === "clear") closeViews(world, shown.user, null);
    else if (action === "update") replaceView(world, shown, checkedView(world, ack.view, "modal"));
    else if (action === "push") pushView(world, shown.user, checkedView(world, ack.view, "modal"), "modal");
    else if (action === "errors") return errorsIn(world, shown, ack.errors);
    else throw new Refusal(`unknown response_action ${inWords(action)}`);
    return null;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    world.wrongs.push(
      `the answer to a submitted view is not valid: ${error.code} ${JSON.stringify(error.body.errors)}`,
    );
    return connecting;
  }
}

/** Errors belong to input blocks, by their block id. */
function errorsIn(world: Workspace, shown: FakeView, errors: unknown): string {
  const inputs = shapesIn(shown.view.blocks).filter(({ type }) => type === "input");
  const entries = isShape(errors) ? Object.entries(errors) : [];
  const misplaced = entries.filter(([id]) => !inputs.some(({ block_id: blockId }) => blockId === id));
  if (entries.length === 0 || misplaced.length > 0) {
    world.wrongs.push(`the errors of a submitted view belong to no input block: ${JSON.stringify(errors)}`);
    return connecting;
  }
  return entries.map(([id, text]) => `${id}: ${inWords(text)}`).join("\n");
}
