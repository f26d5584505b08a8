import type { ModalView } from "@slack/types";
import { OpsError } from "../../core/errors.ts";
import { codeOf } from "./failures.ts";
import type { Inside } from "./inside.ts";

/**
 * Opens a modal; Slack does that for three seconds after what was done, and once.
 * @throws OpsError `form_late` after that.
 */
export async function openModal({ slack }: Inside, trigger_id: string, view: ModalView): Promise<void> {
  try {
    await slack.call("urgent", (web) => web.views.open({ trigger_id, view }));
  } catch (error) {
    const code = codeOf(error);
    if (code !== "expired_trigger_id" && code !== "exchanged_trigger_id") throw error;
    throw new OpsError({
      code: "form_late",
      message: "The form came too late for Slack to show it.",
      state: "Nothing was done.",
      hint: "Do the same again; or type the command with its options.",
    });
  }
}
