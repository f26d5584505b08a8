import { z } from "zod";

/*
 * Numbers: docs.slack.dev/reference/block-kit and the comments of @slack/types 3.2. Objects are strict because Slack is:
 * it answers "invalid additional property" to a field that it does not know.
 */

/** A text of 1 to `max` characters. */
export const filled = (max: number) => z.string().min(1).max(max);

/** Ids of blocks and actions: up to 255 characters. */
export const id = z.string().min(1).max(255);

export const plainText = (max: number) =>
  z.strictObject({ type: z.literal("plain_text"), text: filled(max), emoji: z.boolean().optional() });

const mrkdwn = (max: number) =>
  z.strictObject({ type: z.literal("mrkdwn"), text: filled(max), verbatim: z.boolean().optional() });

/** Plain text or mrkdwn. */
export const anyText = (max: number) => z.discriminatedUnion("type", [plainText(max), mrkdwn(max)]);

export const colorScheme = z.enum(["primary", "danger"]);

/** The dialog that asks "are you sure?". */
export const confirmation = z.strictObject({
  title: plainText(100).optional(),
  text: anyText(300),
  confirm: plainText(30).optional(),
  deny: plainText(30).optional(),
  style: colorScheme.optional(),
});

/** One choice of a menu; only menus behind "…" can have a `url`. */
export const plainOption = z.strictObject({
  text: plainText(75),
  value: z.string().max(150),
  description: plainText(75).optional(),
});

/** One choice of radio buttons and checkboxes. */
export const richOption = z.strictObject({
  text: anyText(75),
  value: z.string().max(150),
  description: anyText(75).optional(),
});

export const overflowOption = z.strictObject({ ...plainOption.shape, url: z.string().max(3000).optional() });

export const optionGroup = z.strictObject({ label: plainText(75), options: z.array(plainOption).min(1).max(100) });

export const imageSource = {
  image_url: z.string().max(3000).optional(),
  slack_file: z.union([z.strictObject({ id: z.string() }), z.strictObject({ url: z.string() })]).optional(),
};

/** An image among other elements. */
export const imageElement = z.strictObject({ type: z.literal("image"), alt_text: filled(2000), ...imageSource });
