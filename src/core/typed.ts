import type { Command } from "./command.ts";
import { OpsError } from "./errors.ts";
import { freeText, withoutOptional } from "./option.ts";
import { anyOf } from "./words.ts";

/**
 * Splits what a person typed into words: blanks separate, quotes group.
 * @throws OpsError `bad_input` on a quote that is not closed.
 */
export function words(text: string): string[] {
  const found: string[] = [];
  for (let next = firstWord(text); next !== undefined; next = firstWord(next.rest)) found.push(next.word);
  return found;
}

/** `undefined` when there is none. @throws OpsError `bad_input` on a quote that is not closed. */
function firstWord(text: string): { readonly word: string; readonly rest: string } | undefined {
  const typed = text.trimStart();
  if (typed === "") return undefined;
  const match = /^(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"']\S*))/s.exec(typed);
  const word = match?.[1]?.replaceAll(/\\(.)/g, "$1") ?? match?.[2] ?? match?.[3];
  if (match === null || word === undefined) {
    throw new OpsError({ code: "bad_input", message: "A quote is not closed.", hint: "Close it and try again." });
  }
  return { word, rest: typed.slice(match[0].length) };
}

/** A command, and what was typed after its name. */
export interface Typed {
  readonly command: Command;
  readonly rest: string;
}

/**
 * Finds the command in `/cluster build demo`.
 * @throws OpsError `unknown_command`, with the nearest name among those that may be suggested.
 */
export function findCommand(text: string, commands: readonly Command[], suggested: readonly Command[]): Typed {
  const typed = text.trim().replace(/^\//, "");
  const found = commands
    .flatMap((command) => {
      const name = new RegExp(`^${command.name.replaceAll(" ", "\\s+")}(?=\\s|$)`).exec(typed);
      return name === null ? [] : [{ command, rest: typed.slice(name[0].length) }];
    })
    .toSorted((a, b) => b.command.name.length - a.command.name.length)[0];
  if (found === undefined) throw unknownCommand(typed.split(/\s+/), suggested);
  return found;
}

/**
 * Reads the options of a command.
 * @throws OpsError `bad_input` with every problem at once.
 */
export const readInput = ({ command, rest }: Typed): object => parseInput(command, readOptions(rest, command));

/**
 * The same for options that came one by one; an empty one was not filled in.
 * @throws OpsError `bad_input` with every problem at once.
 */
export function parseInput(command: Command, options: Readonly<Record<string, string>>): object {
  const filled = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== ""));
  const unknown = Object.keys(filled).find((option) => !Object.hasOwn(command.input.shape, option));
  if (unknown !== undefined) throw badInput(command, `There is no option “${unknown}”.`);
  const parsed = command.input.safeParse(filled);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "input"}: ${message}`);
  throw badInput(command, `${problems.join("; ")}.`);
}

const badInput = (command: Command, message: string): OpsError =>
  new OpsError({ code: "bad_input", message, hint: `Usage: ${usage(command)}` });

function readOptions(typed: string, command: Command): Record<string, string> {
  const options: Record<string, string> = {};
  const { shape } = command.input;
  const isOpen = (key: string | undefined): key is string =>
    key !== undefined && Object.hasOwn(shape, key) && !(key in options);
  const problem = (message: string) => badInput(command, message);
  let left = typed.trim();
  while (left !== "") {
    const next = Object.keys(shape).find(isOpen);
    const spelled = /^(?:--)?([a-z][a-zA-Z]*)=|^--([a-z][a-zA-Z]*)(?:\s+|$)/.exec(left);
    const name = spelled?.[1] ?? spelled?.[2];
    const free = isOpen(name) ? name : next;
    if (free !== undefined && shape[free] !== undefined && withoutOptional(shape[free]) === freeText) {
      return { ...options, [free]: isOpen(name) ? left.slice(spelled?.[0].length) : left };
    }
    const { word, rest } = firstWord(left) ?? { word: "", rest: "" };
    const named = /^(?:--)?([a-z][a-zA-Z]*)=(.*)$/s.exec(word) ?? /^--([a-z][a-zA-Z]*)$/.exec(word);
    const key = named?.[1] ?? next;
    if (key === undefined) throw problem(`“${word}” is one word too many.`);
    if (!Object.hasOwn(shape, key)) throw problem(`There is no option “${key}”.`);
    if (key in options) throw problem(`The option “${key}” is given twice.`);
    const value = named === null || named[2] !== undefined ? { word: named?.[2] ?? word, rest } : firstWord(rest);
    if (value === undefined) throw problem(`The option “${key}” needs a value.`);
    options[key] = value.word;
    left = value.rest.trimStart();
  }
  return options;
}

/** `/cluster build NAME`, optional ones in brackets; `REASON…` takes the rest of the line. */
export function usage(command: Command): string {
  const options = Object.entries(command.input.shape).map(([key, schema]) => {
    const more = withoutOptional(schema) === freeText ? "…" : "";
    return schema.safeParse(undefined).success ? `[${key}${more}]` : `${key.toUpperCase()}${more}`;
  });
  return [`/${command.name}`, ...options].join(" ");
}

function unknownCommand(typed: readonly string[], commands: readonly Command[]): OpsError {
  const text = typed.slice(0, 2).join(" ");
  const further = commands.flatMap(({ name }) => (name.startsWith(`${text} `) ? [name.slice(text.length + 1)] : []));
  if (further.length > 0) {
    const message = `/${text} needs one more word: ${anyOf(further)}.`;
    return new OpsError({ code: "unknown_command", message, hint: `For example: /${text} ${further[0]}` });
  }
  const nearest = commands
    .map(({ name }) => ({ name, distance: distance(text, name) }))
    .toSorted((a, b) => a.distance - b.distance)[0];
  const guess = nearest !== undefined && nearest.distance <= 3 ? ` Did you mean /${nearest.name}?` : "";
  return new OpsError({
    code: "unknown_command",
    message: `There is no command /${text}.${guess}`,
    hint: "/help lists what there is.",
  });
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
