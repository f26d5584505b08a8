import type { Command } from "../../core/command.ts";
import type { Filled } from "../../core/desk.ts";
import { OpsError } from "../../core/errors.ts";
import { optionsOf, type Option } from "../../core/option.ts";
import type { GivenCommand } from "./interaction.ts";

/** Discord's limits: characters, options of a command, choices of an option, characters of a whole command. */
const limits = { description: 100, options: 25, choices: 25, choice: 100, command: 8000, text: 6000 };
const nameShape = /^[-_\p{Ll}\p{N}]{1,32}$/u;

/** Kinds of options by Discord's numbers. */
const types = { subcommand: 1, text: 3, integer: 4, boolean: 5, number: 10 } as const;

/** An option as Discord is told it. */
interface DiscordOption {
  readonly type: number;
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[];
  readonly min_value?: number;
  readonly max_value?: number;
  readonly max_length?: number;
  readonly autocomplete?: boolean;
  readonly options?: readonly DiscordOption[];
}

/** A slash command as Discord is told it. */
export interface DiscordCommand {
  readonly type: 1;
  readonly name: string;
  readonly description: string;
  readonly options: readonly DiscordOption[];
  /** Everybody is shown it: who may use it is decided when it is used. Discord's own permissions are no boundary. */
  readonly default_member_permissions: null;
  /** Servers only: 0. */
  readonly contexts: readonly [0];
}

/**
 * The commands as Discord is told them: the first word is a command, the second its subcommand.
 * @throws OpsError `bad_command` that names what Discord would refuse.
 */
export function discordCommands(commands: readonly Command[]): DiscordCommand[] {
  const byFirst = Map.groupBy(commands, ({ name }) => name.split(" ")[0] ?? name);
  const told = [...byFirst].map(([first, group]) => discordCommand(first, group));
  for (const command of told) checkLimits(command);
  if (told.length > 100) throw bad("There are more than 100 commands", "Discord takes 100.");
  return told;
}

function discordCommand(name: string, group: readonly Command[]): DiscordCommand {
  const base = { type: 1, name, default_member_permissions: null, contexts: [0] } as const;
  const [only] = group;
  if (only !== undefined && only.name === name) {
    if (group.length > 1) throw bad(`/${name} is a command and the first word of others`, "Discord cannot have both.");
    return { ...base, description: shortened(only.summary || name), options: options(only) };
  }
  const subcommands = group.map((command) => {
    const [, second = "", ...more] = command.name.split(" ");
    if (more.length > 0) throw bad(`/${command.name} has more than two words`, "Give it a shorter name.");
    const description = shortened(command.summary || command.name);
    return { type: types.subcommand, name: second, description, options: options(command) };
  });
  return { ...base, description: shortened(subcommands.map((each) => each.name).join(", ")), options: subcommands };
}

/** Discord wants what is required first. */
const options = (command: Command): DiscordOption[] =>
  optionsOf(command)
    .toSorted((a, b) => Number(b.required) - Number(a.required))
    .map(discordOption);

function discordOption(option: Option): DiscordOption {
  const { name, description, required, kind, choices, min, max, maxLength, about } = option;
  const isNumber = kind === "integer" || kind === "number";
  const isListed = choices !== null && choices.length <= limits.choices;
  return {
    type: types[kind],
    name: optionName(name),
    description: shortened(description),
    required,
    ...(isListed ? { choices: choices.map((each) => ({ name: each, value: isNumber ? Number(each) : each })) } : {}),
    ...(isNumber && min !== null ? { min_value: min } : {}),
    ...(isNumber && max !== null ? { max_value: max } : {}),
    ...(kind === "text" && maxLength !== null ? { max_length: Math.min(maxLength, limits.text) } : {}),
    ...(!isListed && (about === "cluster" || about === "run" || choices !== null) ? { autocomplete: true } : {}),
  };
}

/** Discord knows no capital letters in names: `monthlyUsd` is `monthly-usd`. */
const optionName = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** What was filled in, by the names of our own declaration; what is not declared keeps its name and is refused later. */
export function filledFrom({ options }: GivenCommand, command: Command | undefined): Filled {
  const names = command === undefined ? [] : Object.keys(command.input.shape);
  return Object.fromEntries(
    options.flatMap(({ name, value }) => {
      const own = names.find((each) => optionName(each) === name) ?? name;
      return value === undefined ? [] : [[own, String(value)]];
    }),
  );
}

/** The declared name of an option. */
export const declaredName = (name: string, command: Command): string =>
  Object.keys(command.input.shape).find((each) => optionName(each) === name) ?? name;

function checkLimits(command: DiscordCommand): void {
  const all = [command, ...command.options, ...command.options.flatMap((option) => option.options ?? [])];
  for (const { name, options = [] } of all) {
    if (!nameShape.test(name)) throw bad(`The name “${name}” in /${command.name}`, "Use small letters, at most 32.");
    if (options.length > limits.options) throw bad(`/${command.name}`, `Discord takes ${limits.options} options.`);
  }
  const choices = command.options
    .flatMap((option) => [option, ...(option.options ?? [])])
    .flatMap((o) => o.choices ?? []);
  if (choices.some(({ name }) => name.length > limits.choice)) throw bad(`A choice of /${command.name}`, "Shorten it.");
  const size = all.reduce((sum, { name, description }) => sum + name.length + description.length, 0);
  const listed = choices.reduce((sum, { name, value }) => sum + name.length + String(value).length, 0);
  if (size + listed > limits.command) throw bad(`/${command.name}`, `Discord takes ${limits.command} characters.`);
}

const shortened = (text: string): string =>
  text.length <= limits.description ? text : `${text.slice(0, limits.description - 1).trimEnd()}…`;

const bad = (what: string, hint: string) =>
  new OpsError({ code: "bad_command", message: `${what} cannot be a command in Discord.`, hint });
