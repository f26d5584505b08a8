import { z } from "zod";
import { richText } from "./rich-text.ts";
import {
  colorScheme,
  confirmation,
  filled,
  id,
  imageElement,
  optionGroup,
  overflowOption,
  plainOption,
  plainText,
  richOption,
} from "./text.ts";

const actionable = { action_id: id.optional() };
const confirmable = { ...actionable, confirm: confirmation.optional() };
const focusable = { focus_on_load: z.boolean().optional() };
const chosen = { ...confirmable, ...focusable };
const menu = { ...chosen, placeholder: plainText(150).optional() };
const many = { max_selected_items: z.number().int().min(1).optional() };
const typed = {
  ...actionable,
  ...focusable,
  placeholder: plainText(150).optional(),
  dispatch_action_config: z
    .strictObject({
      trigger_actions_on: z
        .array(z.enum(["on_enter_pressed", "on_character_entered"]))
        .min(1)
        .max(2)
        .optional(),
    })
    .optional(),
};
const choices = {
  options: z.array(plainOption).min(1).max(100).optional(),
  option_groups: z.array(optionGroup).min(1).max(100).optional(),
};
const conversationFilter = z
  .strictObject({
    include: z.array(z.enum(["im", "mpim", "private", "public"])).min(1),
    exclude_external_shared_channels: z.boolean(),
    exclude_bot_users: z.boolean(),
  })
  .partial()
  .optional();
const conversations = { default_to_current_conversation: z.boolean().optional(), filter: conversationFilter };

const button = z.strictObject({
  type: z.literal("button"),
  ...confirmable,
  text: plainText(75),
  value: z.string().max(2000).optional(),
  url: z.string().max(3000).optional(),
  style: colorScheme.optional(),
  accessibility_label: filled(75).optional(),
});

const overflow = z.strictObject({
  type: z.literal("overflow"),
  ...confirmable,
  options: z.array(overflowOption).min(1).max(5),
});

/** Menus, radio buttons, checkboxes and pickers: allowed beside a section, in a row of actions and as an input. */
const pickers = [
  z.strictObject({
    type: z.literal("static_select"),
    ...menu,
    ...choices,
    initial_option: plainOption.optional(),
  }),
  z.strictObject({
    type: z.literal("multi_static_select"),
    ...menu,
    ...many,
    ...choices,
    initial_options: z.array(plainOption).min(1).max(100).optional(),
  }),
  z.strictObject({ type: z.literal("users_select"), ...menu, initial_user: z.string().optional() }),
  z.strictObject({
    type: z.literal("multi_users_select"),
    ...menu,
    ...many,
    initial_users: z.array(z.string()).min(1).optional(),
  }),
  z.strictObject({
    type: z.literal("conversations_select"),
    ...menu,
    ...conversations,
    initial_conversation: z.string().optional(),
    response_url_enabled: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal("channels_select"),
    ...menu,
    initial_channel: z.string().optional(),
    response_url_enabled: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal("checkboxes"),
    ...chosen,
    options: z.array(richOption).min(1).max(10),
    initial_options: z.array(richOption).min(1).max(10).optional(),
  }),
  z.strictObject({
    type: z.literal("radio_buttons"),
    ...chosen,
    options: z.array(richOption).min(1).max(10),
    initial_option: richOption.optional(),
  }),
  z.strictObject({ type: z.literal("datepicker"), ...menu, initial_date: z.iso.date().optional() }),
  z.strictObject({
    type: z.literal("timepicker"),
    ...menu,
    initial_time: z.stringFormat("time", /^([01]\d|2[0-3]):[0-5]\d$/).optional(),
    timezone: z.string().optional(),
  }),
] as const;

const richTextInput = z.strictObject({
  type: z.literal("rich_text_input"),
  ...typed,
  initial_value: richText.optional(),
});

/** What may stand beside the text of a section. */
export const accessory = z.discriminatedUnion("type", [button, overflow, imageElement, ...pickers]);

/** What may stand in a row of actions. */
export const action = z.discriminatedUnion("type", [button, overflow, richTextInput, ...pickers]);

/** What may be asked for in a modal or in App Home. */
export const input = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("plain_text_input"),
    ...typed,
    initial_value: z.string().max(3000).optional(),
    multiline: z.boolean().optional(),
    min_length: z.number().int().min(0).max(3000).optional(),
    max_length: z.number().int().min(1).max(3000).optional(),
  }),
  z.strictObject({ type: z.literal("email_text_input"), ...typed, initial_value: z.string().optional() }),
  z.strictObject({ type: z.literal("url_text_input"), ...typed, initial_value: z.string().optional() }),
  z.strictObject({
    type: z.literal("number_input"),
    ...typed,
    is_decimal_allowed: z.boolean(),
    initial_value: z.string().optional(),
    min_value: z.string().optional(),
    max_value: z.string().optional(),
  }),
  richTextInput,
  ...pickers,
]);
