import {
  ComponentType,
  TextInputStyle,
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  type APIModalSubmission,
} from "discord-api-types/v10";
import type { ActionField, CardAction } from "../../core/action.ts";
import type { Filled } from "../../core/desk.ts";
import { oneLine } from "../text.ts";

/** Discord takes five components. */
const mostFields = 5;
/** As many characters as are worth typing; a code has six. */
const mostTyped: Record<ActionField["name"], number> = { typed: 100, code: 10, reason: 500 };

/** Asks for what a button needs. Its id comes back with the answer, and the message it was opened from. */
export function actionModal(action: CardAction): APIModalInteractionResponseCallbackData {
  return {
    custom_id: action.id,
    title: oneLine(action.label, 45).trim() || "…",
    components: action.fields.slice(0, mostFields).map(fieldLabel),
  };
}

function fieldLabel({ name, label, hint, required }: ActionField): APILabelComponent {
  const description = oneLine(hint, 100).trim();
  return {
    type: ComponentType.Label,
    label: oneLine(label, 45).trim() || name,
    ...(description === "" ? {} : { description }),
    component: {
      type: ComponentType.TextInput,
      custom_id: name,
      style: name === "reason" ? TextInputStyle.Paragraph : TextInputStyle.Short,
      required,
      max_length: mostTyped[name],
    },
  };
}

/** What somebody filled in, by the name of the field; what was left empty is not in it. */
export function filledFrom({ components }: Pick<APIModalSubmission, "components">): Filled {
  const given = components.flatMap((each): (readonly [string, string])[] => {
    if (each.type !== ComponentType.Label || each.component.type !== ComponentType.TextInput) return [];
    const value = each.component.value.trim();
    return value === "" ? [] : [[each.component.custom_id, value]];
  });
  return Object.fromEntries(given);
}
