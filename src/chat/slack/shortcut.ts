import type { ModalView } from "@slack/types";

/** The entry in the menu of messages: threads take no slash commands. */
export const shortcutId = "nonet_command";

/** Name of the only field. */
export const lineField = "line";

/** Asks for a whole command. */
export function lineModal(metadata: string): ModalView {
  return {
    type: "modal",
    callback_id: "nonet",
    private_metadata: metadata,
    title: { type: "plain_text", text: "Run a command" },
    submit: { type: "plain_text", text: "Run" },
    close: { type: "plain_text", text: "Close" },
    blocks: [
      {
        type: "input",
        block_id: lineField,
        label: { type: "plain_text", text: "Command" },
        hint: { type: "plain_text", text: "/help lists what there is." },
        element: {
          type: "plain_text_input",
          action_id: lineField,
          max_length: 1000,
          placeholder: { type: "plain_text", text: "/cluster status NAME" },
          focus_on_load: true,
        },
      },
    ],
  };
}
