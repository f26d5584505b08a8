import { ComponentType as Type } from "discord-api-types/v10";
import type { ModalField, ModalForm } from "./components.ts";
import { ClientRefusal } from "./refusal.ts";

/** What a person fills into a modal, by custom id or label: text, chosen values, or a tick. */
export type ModalValues = Readonly<Record<string, string | boolean | readonly string[]>>;

/** The `data` of a modal that is sent off; refuses what the client would mark red. */
export function modalData(modal: ModalForm, values: ModalValues): Record<string, unknown> {
  const used = new Set<string>();
  const filled = (field: ModalField, label: string): Record<string, unknown> => {
    const key = [field.custom_id, label].find((name) => name in values);
    if (key !== undefined) used.add(key);
    const value = key === undefined ? undefined : values[key];
    return { type: field.type, custom_id: field.custom_id, ...answer(field, label, value) };
  };
  let id = 0;
  const components = modal.components.map((component) => {
    id += 1;
    if (component.type === Type.TextDisplay) return { type: component.type, id };
    if (component.type === Type.Label)
      return {
        type: component.type,
        id,
        component: { id: (id += 1), ...filled(component.component, component.label) },
      };
    return {
      type: component.type,
      id,
      components: component.components.map((input) => ({ id: (id += 1), ...filled(input, input.label ?? "") })),
    };
  });
  const unknown = Object.keys(values).find((name) => !used.has(name));
  if (unknown !== undefined) throw new ClientRefusal(`the modal has no field ${unknown}`);
  return { custom_id: modal.custom_id, components };
}

function answer(field: ModalField, label: string, value: ModalValues[string] | undefined): Record<string, unknown> {
  const refuse = (why: string): never => {
    throw new ClientRefusal(`field "${label}" ${why}`);
  };
  if (field.type === Type.TextInput) {
    const text = String(value ?? field.value ?? "");
    if (text === "" && field.required !== false) refuse("is required");
    if (text !== "" && (text.length < (field.min_length ?? 0) || text.length > (field.max_length ?? 4000)))
      refuse("has not the length it should have");
    return { value: text };
  }
  if (field.type === Type.Checkbox) return { value: value === undefined ? field.default === true : value === true };
  const preset = "options" in field ? field.options.filter((each) => each.default === true) : [];
  const chosen = value === undefined ? preset.map((each) => each.value) : typeof value === "string" ? [value] : value;
  if (!Array.isArray(chosen)) return refuse("takes chosen values");
  if ("options" in field && chosen.some((each) => field.options.every((option) => option.value !== each)))
    refuse("takes only its options");
  if (chosen.length === 0 && field.required !== false) refuse("is required");
  if (field.type === Type.RadioGroup) return { value: chosen[0] ?? null };
  const least = field.min_values ?? 1;
  const most = field.max_values ?? (field.type === Type.CheckboxGroup ? 10 : 1);
  if (chosen.length > 0 && (chosen.length < least || chosen.length > most)) refuse("has too few or too many values");
  return { values: chosen };
}
