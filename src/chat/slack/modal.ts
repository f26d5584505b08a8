import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from "@slack/types";
import { z } from "zod";
import type { ActionField, CardAction } from "../../core/action.ts";
import type { Card } from "../../core/card.ts";
import type { CommandForm, Filled, Suggestion } from "../../core/desk.ts";
import type { Option } from "../../core/option.ts";
import { oneLine } from "../text.ts";
import { plain, proseBlocks } from "./blocks.ts";
import { slackMessage } from "./card.ts";

/** Tells what was filled in: a button's fields, or a command's options. */
const formKinds = { action: "action", command: "command" } as const;

/** Slack's limits of titles and of what a menu offers. */
const mostTitle = 24;
const mostChoices = 100;
const mostChoice = 75;
/** More inputs are no form for people; Slack takes 100 blocks. */
const mostInputs = 50;
/** A modal holds far more than a message. */
const modalBudget = 40_000;

const mostTyped: Record<ActionField["name"], number> = { typed: 100, code: 10, reason: 500 };

/** Asks for what a button needs. `metadata` comes back with the answer, at most 3,000 characters. */
export function actionModal(action: CardAction, metadata: string): ModalView {
  const blocks = action.fields.map(({ name, label, hint, required }): InputBlock => ({
    ...inputFor(name, { label, hint, required }),
    element: {
      type: "plain_text_input",
      action_id: name,
      max_length: mostTyped[name],
      multiline: name === "reason",
    },
  }));
  return formView(formKinds.action, { title: action.label, submit: action.label, metadata, blocks });
}

/**
 * Asks for the options of a command. `suggestions` are all that an option may be, by its name: what is among them is
 * chosen from a list, anything else is typed.
 */
export function commandModal(
  form: CommandForm,
  suggestions: Readonly<Record<string, readonly Suggestion[]>>,
  metadata: string,
): ModalView {
  const { command, summary, options } = form;
  const inputs = options.slice(0, mostInputs).map((option) => optionInput(option, suggestions[option.name] ?? []));
  const told = proseBlocks([{ strong: "", plain: oneLine(summary, 300) || `/${command}` }]);
  return formView(formKinds.command, { title: `/${command}`, submit: "Run", metadata, blocks: [...told, ...inputs] });
}

/** All of a card that has no room for it in a message, for the eyes of one person. */
export function answerModal(card: Card, now: number): ModalView {
  const { blocks } = slackMessage({ ...card, actions: [] }, { now, revision: "all", budget: modalBudget });
  return { type: "modal", title: titleOf(card.title), close: plain("Close"), blocks };
}

/** What Slack tells of the inputs of a view. */
const Values = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({ value: z.string().nullish(), selected_option: z.object({ value: z.string() }).nullish() }),
  ),
);

/** What somebody filled in, by the name of the field or option; what was left empty is not in it. */
export function filledFrom(state: { readonly values: unknown }): Filled {
  const given = Object.values(Values.parse(state.values)).flatMap((block) =>
    Object.entries(block).flatMap(([name, { value, selected_option: chosen }]): (readonly [string, string])[] => {
      const text = (chosen?.value ?? value ?? "").trim();
      return text === "" ? [] : [[name, text]];
    }),
  );
  return Object.fromEntries(given);
}

function optionInput(option: Option, suggestions: readonly Suggestion[]): InputBlock {
  const { name, description, required } = option;
  return { ...inputFor(name, { label: name, hint: description, required }), element: elementFor(option, suggestions) };
}

function elementFor(option: Option, suggestions: readonly Suggestion[]): InputBlock["element"] {
  const { name, kind, min, max, maxLength, about } = option;
  const action_id = name;
  if (kind === "boolean") {
    return { type: "radio_buttons", action_id, options: [choice("true", "yes"), choice("false", "no")] };
  }
  const choices = option.choices?.map((value) => ({ value, label: value })) ?? suggestions;
  if (choices.length > 0 && choices.length <= mostChoices && choices.every(({ value }) => canBeChosen(value))) {
    return { type: "static_select", action_id, options: choices.map(({ value, label }) => choice(value, label)) };
  }
  if (kind !== "text") {
    return {
      type: "number_input",
      action_id,
      is_decimal_allowed: kind === "number",
      ...(min === null ? {} : { min_value: String(min) }),
      ...(max === null ? {} : { max_value: String(max) }),
    };
  }
  return {
    type: "plain_text_input",
    action_id,
    multiline: about === "prose",
    max_length: Math.min(Math.max(1, maxLength ?? 3000), 3000),
  };
}

const canBeChosen = (value: string): boolean => value !== "" && value.length <= mostChoice;

const choice = (value: string, label: string): PlainTextOption => ({
  text: plain(oneLine(label, mostChoice).trim() || oneLine(value, mostChoice).trim() || "…"),
  value,
});

function inputFor(
  name: string,
  { label, hint, required }: Pick<ActionField, "label" | "hint" | "required">,
): Omit<InputBlock, "element"> {
  const told = oneLine(hint, 200).trim();
  return {
    type: "input",
    block_id: name,
    label: plain(oneLine(label, 100).trim() || name),
    optional: !required,
    ...(told === "" ? {} : { hint: plain(told) }),
  };
}

function formView(
  kind: keyof typeof formKinds,
  parts: { readonly title: string; readonly submit: string; readonly metadata: string; readonly blocks: KnownBlock[] },
): ModalView {
  return {
    type: "modal",
    callback_id: kind,
    private_metadata: parts.metadata,
    title: titleOf(parts.title),
    submit: titleOf(parts.submit),
    close: plain("Cancel"),
    blocks: parts.blocks,
  };
}

const titleOf = (text: string) => plain(oneLine(text, mostTitle).trim() || "Nonet");
