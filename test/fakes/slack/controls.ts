import { inWords, isShape, shapesIn, textOf, type Shape } from "./shape.ts";

/** Something that a person can press, choose or fill in, with the block around it. */
export interface Control {
  readonly block: Shape;
  readonly element: Shape;
}

/** What a person enters: text, the value of an option, several of them, or a date. */
export type Entry = string | readonly string[];

/** The controls of a message or a view, in their order. */
function controlsIn(blocks: readonly Shape[]): Control[] {
  return blocks.flatMap((block) => {
    const elements = [block.accessory, block.element, ...(block.type === "actions" ? shapesIn(block.elements) : [])];
    return elements.filter(isShape).flatMap((element) => (element.type === "image" ? [] : [{ block, element }]));
  });
}

/** What stands on or beside a control. */
function labelOf({ block, element }: Control): string {
  return textOf(element.text, "text") ?? textOf(block.label, "text") ?? textOf(element.placeholder, "text") ?? "";
}

/** The control with this action id, block id or label; throws what a person would see instead. */
export function findControl(blocks: readonly Shape[], name: string): Control {
  const all = controlsIn(blocks);
  const found = all.filter(
    (each) => each.element.action_id === name || each.block.block_id === name || labelOf(each) === name,
  );
  const [control] = found;
  const there = all.map((each) => `"${labelOf(each)}"`).join(", ");
  if (control === undefined)
    throw new Error(`There is nothing called "${name}" to use here; there is ${there || "nothing"}.`);
  if (found.length > 1) throw new Error(`Several things here are called "${name}".`);
  return control;
}

function optionsOf(element: Shape): Shape[] {
  return [...shapesIn(element.options), ...shapesIn(element.option_groups).flatMap((group) => shapesIn(group.options))];
}

function chosen(element: Shape, wanted: string): Shape {
  const option = optionsOf(element).find((each) => each.value === wanted || textOf(each.text, "text") === wanted);
  if (option === undefined) throw new Error(`"${wanted}" is not among the options.`);
  return option;
}

/** Throws what Slack's client says to an entry that the element does not take. */
function fit(element: Shape, text: string): void {
  const { min_length: least, max_length: most, min_value: lowest, max_value: highest } = element;
  if (typeof least === "number" && text.length < least) throw new Error(`Enter at least ${least} characters.`);
  if (text.length > (typeof most === "number" ? most : 3000)) throw new Error("That is too long.");
  if (element.type === "number_input") {
    const number = Number(text);
    if (text.trim() === "" || Number.isNaN(number)) throw new Error("Enter a number.");
    if (element.is_decimal_allowed !== true && !Number.isInteger(number)) throw new Error("Enter a whole number.");
    if (lowest !== undefined && number < Number(lowest)) throw new Error(`Enter at least ${inWords(lowest)}.`);
    if (highest !== undefined && number > Number(highest)) throw new Error(`Enter at most ${inWords(highest)}.`);
  }
  if (element.type === "email_text_input" && !/^\S+@\S+\.\S+$/.test(text)) throw new Error("Enter an email address.");
  if (element.type === "url_text_input" && !URL.canParse(text)) throw new Error("Enter a URL.");
}

/** The state of an element as Slack reports it, after an entry; null is an entry left empty. */
export function stateOf(element: Shape, entry: Entry | null): Shape {
  const type = String(element.type);
  const one = typeof entry === "string" ? entry : null;
  const several = entry === null ? [] : typeof entry === "string" ? [entry] : entry;
  switch (type) {
    case "static_select":
    case "radio_buttons":
    case "overflow":
      return { type, selected_option: one === null ? null : chosen(element, one) };
    case "multi_static_select":
    case "checkboxes":
      return { type, selected_options: several.map((each) => chosen(element, each)) };
    case "users_select":
      return { type, selected_user: one };
    case "multi_users_select":
      return { type, selected_users: several };
    case "channels_select":
      return { type, selected_channel: one };
    case "conversations_select":
      return { type, selected_conversation: one };
    case "datepicker":
      return { type, selected_date: one };
    case "timepicker":
      return { type, selected_time: one };
    default:
      if (one !== null) fit(element, one);
      return { type, value: one };
  }
}

/** What an element holds before anybody touches it. */
function initialOf(element: Shape): Entry | null {
  const { initial_option: option, initial_options: options } = element;
  if (isShape(option)) return textOf(option, "value") ?? null;
  if (options !== undefined) return shapesIn(options).map((each) => textOf(each, "value") ?? "");
  for (const name of ["value", "user", "channel", "conversation", "date", "time"]) {
    const initial = element[`initial_${name}`];
    if (typeof initial === "string") return initial;
  }
  const users = element.initial_users;
  return Array.isArray(users) ? users.map(String) : null;
}

/** An action that says nothing about a state: buttons. */
const stateless = new Set(["button", "overflow"]);

/**
 * `state.values` for these entries (by action id, block id or label). Throws when an entry fits no element, is not
 * what the element takes, or, with `complete`, when something required is empty: Slack's client would not send it.
 */
export function valuesOf(blocks: readonly Shape[], entries: Readonly<Record<string, Entry>>, complete: boolean): Shape {
  const given = new Map<Shape, Entry>();
  for (const [name, entry] of Object.entries(entries)) given.set(findControl(blocks, name).element, entry);
  const values: Record<string, Shape> = {};
  for (const { block, element } of controlsIn(blocks)) {
    if (stateless.has(String(element.type))) continue;
    const entry = given.get(element) ?? initialOf(element);
    const isEmpty = entry === null || entry.length === 0;
    if (complete && isEmpty && block.type === "input" && block.optional !== true)
      throw new Error(`"${labelOf({ block, element })}" is required.`);
    const blockValues = (values[String(block.block_id)] ??= {});
    blockValues[String(element.action_id)] = stateOf(element, isEmpty ? null : entry);
  }
  return values;
}

/** The blocks with the ids that Slack makes up where the app gave none. */
export function withIds(blocks: readonly Shape[], nextId: (prefix: string) => string): Shape[] {
  const copy = structuredClone([...blocks]);
  for (const block of copy) block.block_id ??= nextId("b");
  for (const { element } of controlsIn(copy)) element.action_id ??= nextId("a");
  return copy;
}
