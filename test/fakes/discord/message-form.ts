import { ComponentType, MessageFlags } from "discord-api-types/v10";
import { z } from "zod";
import { legacyComponent, topComponent } from "./components.ts";
import type { TopComponent } from "./components.ts";
import { readForm, refuseFields, refusals } from "./errors.ts";
import type { FieldError } from "./errors.ts";

const url = z.string().regex(/^(?:https?|attachment):\/\/\S+$/);
const embed = z.looseObject({
  title: z.string().max(256).nullish(),
  description: z.string().max(4096).nullish(),
  url: url.nullish(),
  color: z.number().int().min(0).max(0xffffff).nullish(),
  fields: z
    .array(z.looseObject({ name: z.string().min(1).max(256), value: z.string().min(1).max(1024) }))
    .max(25)
    .nullish(),
  footer: z.looseObject({ text: z.string().max(2048) }).nullish(),
  author: z.looseObject({ name: z.string().max(256) }).nullish(),
});
const ids = z.array(z.string().regex(/^\d+$/)).max(100);

/** The fields of a message that Discord lets a bot send; 25 characters of nonce, 10 files, 10 embeds. */
const messageForm = z.object({
  content: z.string().max(2000).nullish(),
  embeds: z.array(embed).max(10).nullish(),
  components: z.array(z.unknown()).nullish(),
  flags: z.number().int().min(0).nullish(),
  tts: z.boolean().nullish(),
  poll: z.unknown().optional(),
  sticker_ids: z.array(z.string()).max(3).nullish(),
  nonce: z.union([z.string().max(25), z.number().int()]).nullish(),
  enforce_nonce: z.boolean().nullish(),
  message_reference: z.looseObject({ message_id: z.string() }).nullish(),
  allowed_mentions: z
    .object({
      parse: z.array(z.enum(["roles", "users", "everyone"])).nullish(),
      roles: ids.nullish(),
      users: ids.nullish(),
      replied_user: z.boolean().nullish(),
    })
    .nullish(),
  attachments: z
    .array(
      z.object({
        id: z.union([z.string(), z.number()]).transform(String),
        filename: z.string().min(1).max(1024).nullish(),
        description: z.string().max(1024).nullish(),
      }),
    )
    .max(10)
    .nullish(),
});

/** A message as somebody wants it to be, checked by itself. */
export type MessageForm = Omit<z.infer<typeof messageForm>, "components"> & {
  components?: TopComponent[] | null | undefined;
};

/** What the message is before an edit: what it keeps limits what may be said of it. */
export interface Before {
  readonly flags: number;
  readonly content: string;
  readonly embeds: number;
  readonly components: number;
  /** File names it has. */
  readonly files: readonly string[];
}

const nothingBefore: Before = { flags: 0, content: "", embeds: 0, components: 0, files: [] };

/**
 * Reads a message body with every rule of Discord that needs nothing but the message; throws the 50035 or 50006.
 * `files` are the names that come along, `at` leads to the message in the body.
 */
export function readMessage(
  body: unknown,
  { before = nothingBefore, files, at = [] }: { before?: Before; files: readonly string[]; at?: readonly string[] },
): MessageForm {
  const form = readForm(messageForm, body, at);
  const v2 = (((form.flags ?? 0) | before.flags) & MessageFlags.IsComponentsV2) !== 0;
  const one = z.array(v2 ? topComponent : legacyComponent).max(v2 ? 40 : 5);
  const components = form.components == null ? form.components : readForm(one, form.components, [...at, "components"]);
  const message: MessageForm = { ...form, components };
  const problems = [
    ...ofFlags(message, before),
    ...(v2 ? ofLegacyFields(message, before) : []),
    ...ofTree(components ?? [], [...before.files, ...files]),
    ...ofMentions(message),
    ...ofEmbeds(message),
  ];
  refuseFields(problems.map((problem) => ({ ...problem, path: [...at, ...problem.path] })));
  if (isEmpty(message, before, files.length)) throw refusals.emptyMessage();
  return message;
}

function ofFlags({ flags }: MessageForm, before: Before): FieldError[] {
  if (flags == null) return [];
  const problems: FieldError[] = [];
  if ((before.flags & MessageFlags.IsComponentsV2) !== 0 && (flags & MessageFlags.IsComponentsV2) === 0)
    problems.push({
      path: ["flags"],
      code: "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG",
      message: "The MessageFlags.IS_COMPONENTS_V2 flag cannot be removed from a message",
    });
  return problems;
}

function ofLegacyFields(message: MessageForm, before: Before): FieldError[] {
  const had: Record<string, boolean> = { content: before.content !== "", embeds: before.embeds > 0 };
  return (["content", "embeds", "poll", "sticker_ids"] as const)
    .filter((name) => {
      const value = message[name];
      if (value === undefined) return had[name] === true;
      return value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
    })
    .map((name) => ({
      path: [name],
      code: "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
      message: `The '${name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
    }));
}

/** Every component of a tree with the way to it, accessories too. */
export function* walk(
  value: unknown,
  path: (string | number)[] = ["components"],
): Generator<{ component: Record<string, unknown>; path: (string | number)[] }> {
  if (Array.isArray(value)) for (const [index, inner] of value.entries()) yield* walk(inner, [...path, index]);
  else if (typeof value === "object" && value !== null && "type" in value) {
    const component = value as Record<string, unknown>;
    yield { component, path };
    for (const name of ["components", "component", "accessory"])
      if (component[name] != null) yield* walk(component[name], [...path, name]);
  }
}

/** What only the whole tree tells: 40 components, 4,000 characters, custom ids used once, files that are there. */
export function ofTree(components: readonly unknown[], files: readonly string[]): FieldError[] {
  const all = [...walk(components)];
  const problems: FieldError[] = [];
  if (all.length > 40)
    problems.push({
      path: ["components"],
      code: "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
      message: `The maximum number of components is 40, these are ${String(all.length)}`,
    });
  const texts = all.flatMap(({ component }) =>
    component["type"] === ComponentType.TextDisplay ? [String(component["content"])] : [],
  );
  if (texts.join("").length > 4000)
    problems.push({
      path: ["components"],
      code: "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
      message: "The displayable text size exceeds the maximum size of 4000",
    });
  const seen = { custom_id: new Set<unknown>(), id: new Set<unknown>() };
  for (const { component, path } of all) {
    for (const name of ["custom_id", "id"] as const) {
      const value = component[name];
      if (value == null || value === 0) continue;
      if (seen[name].has(value))
        problems.push({
          path: [...path, name],
          code: name === "id" ? "COMPONENT_ID_DUPLICATED" : "COMPONENT_CUSTOM_ID_DUPLICATED",
          message: `Component ${name === "id" ? "id" : "custom id"} cannot be duplicated`,
        });
      seen[name].add(value);
    }
    for (const { url, place } of mediaOf(component))
      if (url.startsWith("attachment://") && !files.includes(url.slice("attachment://".length)))
        problems.push({
          path: [...path, ...place],
          code: "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
          message: `The referenced attachment was not found: ${url}`,
        });
  }
  return problems;
}

/** The media a component itself shows, as objects that can be changed. */
export function mediaOf(
  component: Record<string, unknown>,
): { url: string; place: (string | number)[]; media: Media }[] {
  const items = Array.isArray(component["items"]) ? (component["items"] as { media: Media }[]) : [];
  const direct = (["media", "file"] as const).flatMap((name) => {
    const media = component[name] as Media | undefined;
    return media === undefined ? [] : [{ url: media.url, place: [name, "url"], media }];
  });
  return [
    ...direct,
    ...items.map(({ media }, at) => ({ url: media.url, place: ["items", at, "media", "url"], media })),
  ];
}

/** An "unfurled media item". */
export interface Media {
  url: string;
  [more: string]: unknown;
}

function ofMentions({ allowed_mentions: allowed }: MessageForm): FieldError[] {
  return (["users", "roles"] as const)
    .filter((kind) => allowed?.parse?.includes(kind) === true && (allowed[kind]?.length ?? 0) > 0)
    .map((kind) => ({
      path: ["allowed_mentions"],
      code: "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
      message: `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
    }));
}

function ofEmbeds({ embeds }: MessageForm): FieldError[] {
  const size = (embeds ?? []).reduce((sum, each) => {
    const fields = (each.fields ?? []).map(({ name, value }) => name + value).join("");
    const parts = [each.title, each.description, each.footer?.text, each.author?.name, fields];
    return sum + parts.reduce((length, part) => length + (part?.length ?? 0), 0);
  }, 0);
  return size <= 6000
    ? []
    : [{ path: ["embeds"], code: "MAX_EMBED_SIZE_EXCEEDED", message: "Embed size exceeds maximum size of 6000" }];
}

function isEmpty(message: MessageForm, before: Before, files: number): boolean {
  const content = message.content === undefined ? before.content : (message.content ?? "");
  const embeds = message.embeds === undefined ? before.embeds : (message.embeds ?? []).length;
  const components = message.components === undefined ? before.components : (message.components ?? []).length;
  const kept = message.attachments == null ? before.files.length : message.attachments.length;
  return content.trim() === "" && embeds === 0 && components === 0 && kept + files === 0 && message.poll == null;
}
