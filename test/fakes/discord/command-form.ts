import {
  ApplicationCommandOptionType as Option,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
} from "discord-api-types/v10";
import { z } from "zod";
import { readForm, refuseFields } from "./errors.ts";
import type { FieldError } from "./errors.ts";

/** The numbers of "Application Commands" in Discord's documentation. */
const name = z.string().regex(/^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u);
const description = z.string().min(1).max(100);
const choice = z.object({ name: z.string().min(1).max(100), value: z.union([z.string().max(100), z.number()]) });
const common = { name, description, required: z.boolean().nullish() };
const length = z.number().int().min(0).max(6000).nullish();

const valueOption = z.discriminatedUnion("type", [
  z.object({
    type: z.literal(Option.String),
    ...common,
    choices: z.array(choice).max(25).nullish(),
    autocomplete: z.boolean().nullish(),
    min_length: length,
    max_length: length,
  }),
  z.object({
    type: z.literal([Option.Integer, Option.Number]),
    ...common,
    choices: z.array(choice).max(25).nullish(),
    autocomplete: z.boolean().nullish(),
    min_value: z.number().nullish(),
    max_value: z.number().nullish(),
  }),
  z.object({ type: z.literal(Option.Channel), ...common, channel_types: z.array(z.number()).nullish() }),
  z.object({
    type: z.literal([Option.Boolean, Option.User, Option.Role, Option.Mentionable, Option.Attachment]),
    ...common,
  }),
]);
const values = z.array(valueOption).max(25).nullish();
const sub = z.object({ type: z.literal(Option.Subcommand), name, description, options: values });
const group = z.object({
  type: z.literal(Option.SubcommandGroup),
  name,
  description,
  options: z.array(sub).min(1).max(25),
});
const anyOption = z.discriminatedUnion("type", [...valueOption.options, sub, group]);

/** A command as it is registered. Names of user and message commands may have spaces and capitals. */
const commandForm = z.object({
  type: z
    .literal([ApplicationCommandType.ChatInput, ApplicationCommandType.User, ApplicationCommandType.Message])
    .default(ApplicationCommandType.ChatInput),
  name: z.string().min(1).max(32),
  description: z.string().max(100).nullish(),
  options: z.array(anyOption).max(25).nullish(),
  default_member_permissions: z.union([z.string().regex(/^\d+$/), z.number().int()]).nullish(),
  contexts: z.array(z.enum(InteractionContextType)).min(1).nullish(),
  integration_types: z.array(z.enum(ApplicationIntegrationType)).min(1).nullish(),
  nsfw: z.boolean().nullish(),
});
export type CommandForm = z.infer<typeof commandForm>;
export type ValueOption = z.infer<typeof valueOption>;
export type AnyOption = z.infer<typeof anyOption>;

/** Reads a command of a guild; throws the 50035 with every complaint. */
export function readCommand(body: unknown, at: readonly (string | number)[] = []): CommandForm {
  const form = readForm(commandForm, body, at);
  const problems = [...ofKind(form), ...ofOptions(form.options ?? [], ["options"]), ...ofSize(form)];
  // A guild's commands are not there in DMs.
  if (form.contexts?.some((context) => context !== InteractionContextType.Guild) === true)
    problems.push({
      path: ["contexts"],
      code: "APPLICATION_COMMAND_INVALID_CONTEXTS",
      message: "A guild command can only be used in the guild",
    });
  refuseFields(problems.map((problem) => ({ ...problem, path: [...at, ...problem.path] })));
  return form;
}

function ofKind({ type, name: called, description: told, options }: CommandForm): FieldError[] {
  if (type !== ApplicationCommandType.ChatInput)
    return (told ?? "") === "" && (options ?? []).length === 0
      ? []
      : [
          {
            path: ["description"],
            code: "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_CANNOT_BE_SET",
            message: "Context menu commands cannot have description",
          },
        ];
  const problems = ofName(called, ["name"]);
  if ((told ?? "") === "")
    problems.push({ path: ["description"], code: "BASE_TYPE_REQUIRED", message: "This field is required" });
  return problems;
}

function ofName(called: string, path: (string | number)[]): FieldError[] {
  return name.safeParse(called).success && called === called.toLowerCase()
    ? []
    : [{ path, code: "APPLICATION_COMMAND_INVALID_NAME", message: "Command name is invalid" }];
}

function ofOptions(options: readonly AnyOption[], path: (string | number)[]): FieldError[] {
  const problems: FieldError[] = [];
  const add = (at: number, code: string, message: string, ...rest: string[]) =>
    problems.push({ path: [...path, at, ...rest], code, message });
  const isSub = ({ type }: AnyOption) => type === Option.Subcommand || type === Option.SubcommandGroup;
  for (const [at, option] of options.entries()) {
    problems.push(...ofName(option.name, [...path, at, "name"]));
    if (options.findIndex((each) => each.name === option.name) !== at)
      add(at, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists", "name");
    if (isSub(option) !== isSub(options[0] ?? option))
      add(
        at,
        "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
        "Sub-command and sub-command group option types are mutually exclusive to all other types",
      );
    if ("options" in option) problems.push(...ofOptions(option.options ?? [], [...path, at, "options"]));
    if (
      "required" in option &&
      option.required === true &&
      options.slice(0, at).some((each) => !("required" in each && each.required === true))
    )
      add(
        at,
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
        "Required options must be placed before non-required options",
      );
    if ("choices" in option) ofChoices(option, (code, message, ...rest) => add(at, code, message, ...rest));
  }
  return problems;
}

type Complain = (code: string, message: string, ...rest: string[]) => void;

function ofChoices(option: Extract<ValueOption, { choices?: unknown }>, add: Complain): void {
  const { choices, type } = option;
  if (option.autocomplete === true && (choices?.length ?? 0) > 0)
    add("APPLICATION_COMMAND_OPTION_AUTOCOMPLETE_CHOICES", "Autocomplete options cannot have choices", "choices");
  const wrong = choices?.some(({ value }) => (typeof value === "string") !== (type === Option.String)) === true;
  if (wrong) add("BASE_TYPE_INVALID", "A choice has not the type of its option", "choices");
  for (const field of ["name", "value"] as const)
    if (new Set(choices?.map((each) => each[field])).size !== (choices?.length ?? 0))
      add("APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", "Option choice already exists", "choices");
}

/** 8,000 characters of names, descriptions and values for a command. */
function ofSize(form: CommandForm): FieldError[] {
  const size = (each: { name: string; description?: string | null | undefined }): number => {
    const own = each.name.length + (each.description?.length ?? 0);
    const inner = "options" in each ? (each.options as (typeof each)[] | null | undefined) : undefined;
    const choices =
      "choices" in each ? (each.choices as { name: string; value: unknown }[] | null | undefined) : undefined;
    const told = (choices ?? []).reduce((sum, choice) => sum + choice.name.length + String(choice.value).length, 0);
    return own + told + (inner ?? []).reduce((sum, option) => sum + size(option), 0);
  };
  return size(form) <= 8000
    ? []
    : [{ path: [], code: "APPLICATION_COMMAND_TOO_LARGE", message: "Command exceeds maximum size (8000)" }];
}
