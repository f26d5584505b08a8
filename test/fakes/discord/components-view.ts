import { ComponentType as Type } from "discord-api-types/v10";
import type { APIAttachment, APIMessage } from "discord-api-types/v10";
import { mediaOf, walk } from "./message-form.ts";

/** What Discord tells of a component where the bot said nothing. */
const defaults: Readonly<Record<number, Readonly<Record<string, unknown>>>> = {
  [Type.Container]: { accent_color: null, spoiler: false },
  [Type.Separator]: { divider: true, spacing: 1 },
  [Type.Thumbnail]: { description: null, spoiler: false },
  [Type.File]: { spoiler: false },
};

/**
 * Components as Discord gives them back: each with an id and what it left out, and with real addresses for
 * `attachment://`. `shown` has the ids of the attachments that a component shows.
 */
export function componentsView(
  components: readonly unknown[],
  attachments: readonly APIAttachment[],
): { told: NonNullable<APIMessage["components"]>; shown: ReadonlySet<string> } {
  const copy = structuredClone(components);
  const shown = new Set<string>();
  let last = 0;
  for (const { component } of walk(copy)) {
    last += 1;
    component["id"] ??= last;
    for (const [name, value] of Object.entries(defaults[Number(component["type"])] ?? {})) component[name] ??= value;
    for (const { url, media } of mediaOf(component)) {
      const attachment = attachments.find(({ filename }) => url === `attachment://${filename}`);
      if (attachment === undefined) continue;
      shown.add(attachment.id);
      Object.assign(media, { url: attachment.url, proxy_url: attachment.url, attachment_id: attachment.id });
    }
  }
  return { told: copy as NonNullable<APIMessage["components"]>, shown };
}
