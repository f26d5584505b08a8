import { z } from "zod";
import { accessory, action, input } from "./elements.ts";
import { richText } from "./rich-text.ts";
import { anyText, filled, id, imageElement, imageSource, plainText } from "./text.ts";

const blockId = { block_id: id.optional() };

const contextElement = z.discriminatedUnion("type", [imageElement, ...anyText(2000).options]);

const cell = z.discriminatedUnion("type", [
  richText,
  z.strictObject({ type: z.literal("raw_text"), text: z.string().min(1) }),
  z.strictObject({ type: z.literal("raw_number"), value: z.number(), text: z.string().min(1) }),
]);

const column = z
  .strictObject({ align: z.enum(["left", "center", "right"]), is_wrapped: z.boolean() })
  .partial()
  .nullable();

/**
 * The blocks of messages and views that the stand-in knows. Slack has more (`video`, `file`, `card`, `carousel`,
 * `container`, `data_table`, `plan`, `task_card`, `context_actions`); they are refused as an unsupported type.
 */
export const block = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("section"),
    ...blockId,
    text: anyText(3000).optional(),
    fields: z.array(anyText(2000)).min(1).max(10).optional(),
    accessory: accessory.optional(),
    expand: z.boolean().optional(),
  }),
  z.strictObject({ type: z.literal("header"), ...blockId, text: plainText(150) }),
  z.strictObject({ type: z.literal("divider"), ...blockId }),
  z.strictObject({ type: z.literal("context"), ...blockId, elements: z.array(contextElement).min(1).max(10) }),
  z.strictObject({ type: z.literal("actions"), ...blockId, elements: z.array(action).min(1).max(25) }),
  z.strictObject({
    type: z.literal("image"),
    ...blockId,
    alt_text: filled(2000),
    title: plainText(2000).optional(),
    ...imageSource,
  }),
  z.strictObject({
    type: z.literal("input"),
    ...blockId,
    label: plainText(2000),
    element: input,
    hint: plainText(2000).optional(),
    optional: z.boolean().optional(),
    dispatch_action: z.boolean().optional(),
  }),
  richText,
  z.strictObject({
    type: z.literal("table"),
    ...blockId,
    rows: z.array(z.array(cell).min(1).max(20)).min(1).max(100),
    column_settings: z.array(column).max(20).optional(),
  }),
  z.strictObject({ type: z.literal("markdown"), ...blockId, text: filled(12_000) }),
  z.strictObject({
    type: z.literal("alert"),
    ...blockId,
    text: anyText(3000),
    level: z.enum(["default", "info", "warning", "error", "success"]).optional(),
  }),
]);

const view = {
  blocks: z.array(block).max(100),
  private_metadata: z.string().max(3000).optional(),
  callback_id: z.string().max(255).optional(),
  external_id: z.string().max(255).optional(),
};

/** A modal, and the Home tab. */
export const modalView = z.strictObject({
  type: z.literal("modal"),
  title: plainText(24),
  submit: plainText(24).optional(),
  close: plainText(24).optional(),
  clear_on_close: z.boolean().optional(),
  notify_on_close: z.boolean().optional(),
  submit_disabled: z.boolean().optional(),
  ...view,
});
export const homeView = z.strictObject({ type: z.literal("home"), ...view });
