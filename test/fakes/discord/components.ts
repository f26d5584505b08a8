import { ButtonStyle, ComponentType as Type } from "discord-api-types/v10";
import { z } from "zod";

/** The numbers of "Component Reference" in Discord's documentation. */
const snowflake = z.string().regex(/^\d{1,20}$/);
const customId = z.string().min(1).max(100);
const id = z.number().int().min(0).max(2_147_483_647).nullish();
const text = z.string().min(1).max(4000);
const media = z.looseObject({
  url: z
    .string()
    .regex(/^(?:https?|attachment):\/\/\S+$/)
    .max(2048),
});
const emoji = z.looseObject({ id: snowflake.nullish(), name: z.string().nullish(), animated: z.boolean().nullish() });
const short = z.string().min(1).max(100);

const complain = (code: string, message: string, path: (string | number)[] = []) =>
  ({ code: "custom", params: { code }, message, path }) as const;

const button = z
  .object({
    type: z.literal(Type.Button),
    id,
    style: z.enum(ButtonStyle),
    label: z.string().max(80).nullish(),
    emoji: emoji.nullish(),
    custom_id: customId.nullish(),
    url: z.string().max(512).nullish(),
    sku_id: snowflake.nullish(),
    disabled: z.boolean().nullish(),
  })
  .superRefine((it, context) => {
    const link = it.style === ButtonStyle.Link;
    const premium = it.style === ButtonStyle.Premium;
    const add = (code: string, message: string, ...path: string[]) => context.addIssue(complain(code, message, path));
    if (link && (it.url == null || it.custom_id != null))
      add("BUTTON_COMPONENT_LINK_URL_REQUIRED", "A url is required, and no custom id, for a link button", "url");
    if (link && it.url != null && !/^(?:https?|discord):\/\/\S+$/.test(it.url))
      add("URL_TYPE_INVALID_SCHEME", 'Scheme must be one of ("http", "https", "discord").', "url");
    if (!link && it.url != null) add("BUTTON_COMPONENT_CUSTOM_ID_URL", "A custom id and url cannot both be specified");
    if (!link && !premium && it.custom_id == null)
      add("BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id required", "custom_id");
    if (premium && it.sku_id == null) add("BASE_TYPE_REQUIRED", "This field is required", "sku_id");
    if (!premium && (it.label ?? "") === "" && it.emoji == null)
      add("BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or emoji is required", "label");
  });

const option = z.object({
  label: short,
  value: short,
  description: z.string().max(100).nullish(),
  emoji: emoji.nullish(),
  default: z.boolean().nullish(),
});

const selecting = {
  id,
  custom_id: customId,
  placeholder: z.string().max(150).nullish(),
  min_values: z.number().int().min(0).max(25).nullish(),
  max_values: z.number().int().min(1).max(25).nullish(),
  disabled: z.boolean().nullish(),
  required: z.boolean().nullish(),
};
const stringSelect = z
  .object({ type: z.literal(Type.StringSelect), options: z.array(option).min(1).max(25), ...selecting })
  .superRefine(({ options, min_values, max_values }, context) => {
    const values = options.map(({ value }) => value);
    for (const [index, value] of values.entries())
      if (values.indexOf(value) !== index)
        context.addIssue(
          complain("SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used", [
            "options",
            index,
            "value",
          ]),
        );
    const chosen = options.filter((each) => each.default === true).length;
    const most = max_values ?? 1;
    if (chosen > most || most > options.length || (min_values ?? 1) > most)
      context.addIssue(
        complain("SELECT_COMPONENT_INVALID_MAX_VALUES", "More values than may be chosen", ["max_values"]),
      );
  });
const entitySelect = z.object({
  type: z.literal([Type.UserSelect, Type.RoleSelect, Type.MentionableSelect, Type.ChannelSelect]),
  default_values: z.array(z.looseObject({ id: snowflake, type: z.enum(["user", "role", "channel"]) })).nullish(),
  channel_types: z.array(z.number().int()).nullish(),
  ...selecting,
});

/** Up to five buttons, or one select. */
const actionRow = z
  .object({
    type: z.literal(Type.ActionRow),
    id,
    components: z
      .array(z.discriminatedUnion("type", [button, stringSelect, entitySelect]))
      .min(1)
      .max(5),
  })
  .superRefine(({ components }, context) => {
    if (components.length > 1 && components.some(({ type }) => type !== Type.Button))
      context.addIssue(
        complain("COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width", [
          "components",
          1,
        ]),
      );
  });

const textDisplay = z.object({ type: z.literal(Type.TextDisplay), id, content: text });
const thumbnail = z.object({
  type: z.literal(Type.Thumbnail),
  id,
  media,
  description: z.string().max(1024).nullish(),
  spoiler: z.boolean().nullish(),
});
const section = z.object({
  type: z.literal(Type.Section),
  id,
  components: z.array(textDisplay).min(1).max(3),
  accessory: z.discriminatedUnion("type", [button, thumbnail]),
});
const galleryItem = z.object({
  media,
  description: z.string().max(1024).nullish(),
  spoiler: z.boolean().nullish(),
});
const gallery = z.object({ type: z.literal(Type.MediaGallery), id, items: z.array(galleryItem).min(1).max(10) });
const file = z.object({
  type: z.literal(Type.File),
  id,
  file: media.refine(({ url }) => url.startsWith("attachment://"), {
    params: { code: "UNFURLED_MEDIA_ITEM_INVALID_SCHEME" },
    message: "Only attachment:// may be referenced",
  }),
  spoiler: z.boolean().nullish(),
});
const separator = z.object({
  type: z.literal(Type.Separator),
  id,
  divider: z.boolean().nullish(),
  spacing: z.literal([1, 2]).nullish(),
});

const inContainer = [actionRow, textDisplay, section, gallery, file, separator] as const;
const container = z.object({
  type: z.literal(Type.Container),
  id,
  components: z.array(z.discriminatedUnion("type", inContainer)).min(1).max(40),
  accent_color: z.number().int().min(0).max(0xffffff).nullish(),
  spoiler: z.boolean().nullish(),
});

/** What may stand at the top of a message with Components V2. */
export const topComponent = z.discriminatedUnion("type", [...inContainer, container]);
export type TopComponent = z.infer<typeof topComponent>;
/** What may stand at the top of any other message. */
export const legacyComponent = z.discriminatedUnion("type", [actionRow]);

const textInput = z
  .object({
    type: z.literal(Type.TextInput),
    id,
    custom_id: customId,
    style: z.literal([1, 2]),
    /** Only where no label surrounds it. */
    label: z.string().min(1).max(45).nullish(),
    min_length: z.number().int().min(0).max(4000).nullish(),
    max_length: z.number().int().min(1).max(4000).nullish(),
    required: z.boolean().nullish(),
    value: z.string().max(4000).nullish(),
    placeholder: z.string().max(100).nullish(),
  })
  .superRefine((it, context) => {
    const length = it.value?.length ?? 0;
    if ((it.min_length ?? 0) > (it.max_length ?? 4000))
      context.addIssue(complain("TEXT_INPUT_MIN_LENGTH", "min_length is above max_length", ["min_length"]));
    if (length > 0 && (length > (it.max_length ?? 4000) || length < (it.min_length ?? 0)))
      context.addIssue(complain("BASE_TYPE_BAD_LENGTH", "The value has not the length it asks for", ["value"]));
  });
const choice = z.object({ value: short, label: short, description: short.nullish(), default: z.boolean().nullish() });
const radio = z.object({
  type: z.literal(Type.RadioGroup),
  id,
  custom_id: customId,
  options: z.array(choice).min(2).max(10),
  required: z.boolean().nullish(),
});
const checkboxes = z.object({
  type: z.literal(Type.CheckboxGroup),
  id,
  custom_id: customId,
  options: z.array(choice).min(1).max(10),
  min_values: z.number().int().min(0).max(10).nullish(),
  max_values: z.number().int().min(1).max(10).nullish(),
  required: z.boolean().nullish(),
});
const checkbox = z.object({
  type: z.literal(Type.Checkbox),
  id,
  custom_id: customId,
  default: z.boolean().nullish(),
});
const label = z.object({
  type: z.literal(Type.Label),
  id,
  label: z.string().min(1).max(45),
  description: short.nullish(),
  component: z.discriminatedUnion("type", [textInput, stringSelect, entitySelect, radio, checkboxes, checkbox]),
});
/** The old way: a row with one text input that carries its label. */
const inputRow = z.object({
  type: z.literal(Type.ActionRow),
  id,
  components: z
    .array(textInput.refine((it) => it.label != null, { params: { code: "BASE_TYPE_REQUIRED" }, path: ["label"] }))
    .length(1),
});

/** The body of a modal; at most five components. File uploads are not played here and are refused. */
export const modalForm = z.object({
  custom_id: customId,
  title: z.string().min(1).max(45),
  components: z
    .array(z.discriminatedUnion("type", [label, textDisplay, inputRow]))
    .min(1)
    .max(5),
});
export type ModalForm = z.infer<typeof modalForm>;
/** A field of a modal that a person fills in. */
export type ModalField = z.infer<typeof label>["component"];
