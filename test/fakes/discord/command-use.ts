import { ApplicationCommandOptionType as Option, ApplicationCommandType } from "discord-api-types/v10";
import type { AnyOption, ValueOption } from "./command-form.ts";
import type { CommandRecord } from "./commands.ts";
import { ClientRefusal } from "./refusal.ts";
import { channelView, roleView, userView } from "./views.ts";
import type { ChannelRecord, World } from "./world.ts";

/** What a person fills into the options of a command: text, a number, a choice, or the id of somebody or something. */
export type OptionValues = Readonly<Record<string, string | number | boolean>>;

interface OptionData {
  name: string;
  type: number;
  value?: string | number | boolean;
  focused?: boolean;
  options?: OptionData[];
}

/** What the client knows when it builds the data of a command. */
interface Place {
  readonly world: World;
  readonly channel: ChannelRecord;
}

/** The `data` of a command interaction. `focused` names the option that is being typed; then nothing is required yet. */
export function commandData(
  place: Place,
  commands: readonly CommandRecord[],
  line: string,
  values: OptionValues,
  focused: string | null = null,
): Record<string, unknown> {
  const words = line.trim().replace(/^\//, "").split(/\s+/);
  const [root = "", ...rest] = words;
  const command = commands.find(({ name, type }) => name === root && type === ApplicationCommandType.ChatInput);
  if (command === undefined) throw new ClientRefusal(`there is no command /${root} here`);
  const { options, leaf } = descend(command.options ?? [], rest, line);
  const resolved: Record<string, Record<string, unknown>> = {};
  const filled = fill(place, leaf, values, focused, resolved);
  const nested = options.reduceRight<OptionData[]>((inner, { name, type }) => [{ name, type, options: inner }], filled);
  return {
    id: command.id,
    name: command.name,
    type: command.type,
    guild_id: place.channel.guildId,
    ...(nested.length === 0 ? {} : { options: nested }),
    ...(Object.keys(resolved).length === 0 ? {} : { resolved }),
  };
}

/** Follows the words to a subcommand; a command with subcommands cannot be used by itself. */
function descend(
  top: readonly AnyOption[],
  words: readonly string[],
  line: string,
): { options: AnyOption[]; leaf: readonly ValueOption[] } {
  const options: AnyOption[] = [];
  let level = top;
  for (const word of words) {
    const next = level.find(({ name }) => name === word);
    if (next === undefined || !isSub(next))
      throw new ClientRefusal(`/${line} is no command: nothing is called ${word}`);
    options.push(next);
    level = next.options ?? [];
  }
  if (level.some(isSub)) throw new ClientRefusal(`/${line} is not complete: choose a subcommand`);
  return { options, leaf: level as readonly ValueOption[] };
}

function isSub(option: AnyOption): option is Extract<AnyOption, { type: Option.Subcommand | Option.SubcommandGroup }> {
  return option.type === Option.Subcommand || option.type === Option.SubcommandGroup;
}

function fill(
  place: Place,
  options: readonly ValueOption[],
  values: OptionValues,
  focused: string | null,
  resolved: Record<string, Record<string, unknown>>,
): OptionData[] {
  const unknown = Object.keys(values).find((name) => !options.some((option) => option.name === name));
  if (unknown !== undefined) throw new ClientRefusal(`the command has no option ${unknown}`);
  if (focused !== null && options.every(({ name }) => name !== focused))
    throw new ClientRefusal(`the command has no option ${focused}`);
  return options.flatMap((option) => {
    const value = values[option.name];
    if (option.name === focused) {
      if (!("autocomplete" in option) || option.autocomplete !== true)
        throw new ClientRefusal(`option ${option.name} completes nothing`);
      return [{ name: option.name, type: option.type, value: String(value ?? ""), focused: true }];
    }
    if (value === undefined) {
      if (option.required === true && focused === null) throw new ClientRefusal(`option ${option.name} is required`);
      return [];
    }
    check(place, option, value, resolved);
    return [{ name: option.name, type: option.type, value }];
  });
}

function check(
  place: Place,
  option: ValueOption,
  value: string | number | boolean,
  resolved: Record<string, Record<string, unknown>>,
): void {
  const refuse = (why: string): never => {
    throw new ClientRefusal(`option ${option.name} ${why}`);
  };
  if ("choices" in option && (option.choices ?? []).length > 0) {
    if (option.choices?.every((choice) => choice.value !== value) === true) refuse("takes only its choices");
  } else if (option.type === Option.String) {
    if (typeof value !== "string") refuse("is a text");
    const { length } = String(value);
    if (length === 0 || length < (option.min_length ?? 0) || length > (option.max_length ?? 6000))
      refuse("has not the length it should have");
  } else if (option.type === Option.Integer || option.type === Option.Number) {
    if (typeof value !== "number" || (option.type === Option.Integer && !Number.isSafeInteger(value)))
      refuse(option.type === Option.Integer ? "is a whole number" : "is a number");
    if (Number(value) < (option.min_value ?? -Infinity) || Number(value) > (option.max_value ?? Infinity))
      refuse("is out of its range");
  } else if (option.type === Option.Boolean) {
    if (typeof value !== "boolean") refuse("is true or false");
  } else resolve(place, option.type, String(value), resolved, refuse);
}

/** What the option names, looked up; the interaction carries it. */
function resolve(
  { world, channel }: Place,
  type: Option,
  id: string,
  resolved: Record<string, Record<string, unknown>>,
  refuse: (why: string) => never,
): void {
  const guild = channel.guildId === null ? undefined : world.guild(channel.guildId);
  const add = (kind: string, view: unknown) => {
    (resolved[kind] ??= {})[id] = view;
  };
  const role = guild?.roles.find((each) => each.id === id);
  if ((type === Option.User || type === Option.Mentionable) && world.users.has(id))
    add("users", userView(world.user(id)));
  else if ((type === Option.Role || type === Option.Mentionable) && role !== undefined) add("roles", roleView(role, 0));
  else if (type === Option.Channel && world.channels.get(id)?.guildId === channel.guildId)
    add("channels", { ...channelView(world, world.channel(id)), permissions: "0" });
  else refuse("names nobody and nothing here");
}
