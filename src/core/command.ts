import { z } from "zod";
import { ClusterName } from "./cluster.ts";
import { OpsError } from "./errors.ts";
import type { Playbook, Result } from "./playbook.ts";
import type { Services } from "./ports.ts";

/**
 * What a person must be allowed to do: `viewer` reads, `operator` changes, `admin` destroys; `anyone` is everybody whom
 * the configuration names.
 */
export type Access = "anyone" | "viewer" | "operator" | "admin";

/** One use of a command by somebody. */
export interface Call {
  /** Name of the person. */
  readonly actor: string;
  readonly services: Services;
  /** Starts (or joins) a run of this playbook; the reply is its card, live until the end. */
  start<I extends object>(playbook: Playbook<I>, input: I): Promise<Reply>;
  /** What the same person may use at the same place, for help. */
  readonly commands: readonly Command[];
}

/** What comes back from a command: a run to follow, or an answer at once. */
export type Reply =
  | { readonly kind: "run"; readonly runId: string }
  | { readonly kind: "result"; readonly result: Result };

/** A slash command. Positional words fill the options in the order of `input`; `key=value` and `--key value` name them. */
export interface Command<I extends object = object> {
  /** `cluster build`, without the slash. */
  readonly name: string;
  readonly summary: string;
  readonly access: Access;
  readonly input: z.ZodType<I> & { readonly shape: Record<string, z.ZodType> };
  /** Name of the playbook it starts: who may use the command may confirm the reversible runs it started. */
  readonly starts?: string;
  run(call: Call, input: I): Promise<Reply>;
}

/** Declares a command. */
export function command<S extends z.ZodRawShape>(parts: {
  readonly name: string;
  readonly summary: string;
  readonly access: Access;
  readonly input: z.ZodObject<S>;
  run(call: Call, input: z.infer<z.ZodObject<S>>): Promise<Reply>;
}): Command {
  return parts as unknown as Command;
}

/** Declares the command that starts a playbook with what was typed. */
export function commandFor<S extends z.ZodRawShape>(
  playbook: Omit<Playbook<z.infer<z.ZodObject<S>>>, "input"> & { readonly input: z.ZodObject<S> },
  parts: Pick<Command, "name" | "summary" | "access">,
): Command {
  const { input, name: starts } = playbook;
  return { ...command({ ...parts, input, run: (call, given) => call.start(playbook, given) }), starts };
}

/** An answer at once. */
export const answer = (result: Result): Reply => ({ kind: "result", result });

/**
 * Splits what a person typed into words: blanks separate, quotes group.
 * @throws OpsError `bad_input` on a quote that is not closed.
 */
export function words(text: string): string[] {
  const found: string[] = [];
  const pattern = /"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/gy;
  let at = 0;
  while (at < text.length) {
    const blank = /\s+/y;
    blank.lastIndex = at;
    if (blank.test(text)) at = blank.lastIndex;
    if (at >= text.length) break;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const word = match?.[1]?.replaceAll(/\\(.)/g, "$1") ?? match?.[2] ?? match?.[3];
    if (match === null || word === undefined || (match[3] !== undefined && /^["']/.test(match[3]))) {
      throw new OpsError({ code: "bad_input", message: "A quote is not closed.", hint: "Close it and try again." });
    }
    found.push(word);
    at = pattern.lastIndex;
  }
  return found;
}

/** A command, and the words that were typed after its name. */
export interface Typed {
  readonly command: Command;
  readonly rest: readonly string[];
}

/**
 * Finds the command in `/cluster build demo`.
 * @throws OpsError `unknown_command`, with the nearest name among those that may be suggested.
 */
export function findCommand(text: string, commands: readonly Command[], suggested: readonly Command[]): Typed {
  const typed = words(text.trim().replace(/^\//, ""));
  const command = commands
    .filter(({ name }) => name.split(" ").every((part, index) => typed[index] === part))
    .toSorted((a, b) => b.name.length - a.name.length)[0];
  if (command === undefined) throw unknownCommand(typed, suggested);
  return { command, rest: typed.slice(command.name.split(" ").length) };
}

/**
 * Reads the options of a command.
 * @throws OpsError `bad_input` with every problem at once.
 */
export function readInput({ command, rest }: Typed): object {
  const options = readOptions(rest, Object.keys(command.input.shape), command);
  const parsed = command.input.safeParse(options);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "input"}: ${message}`);
  throw new OpsError({ code: "bad_input", message: `${problems.join("; ")}.`, hint: `Usage: ${usage(command)}` });
}

/** The options of a command that name a cluster: those declared as `ClusterName`. */
export function clusterOptions({ input }: Command): string[] {
  return Object.entries(input.shape).flatMap(([option, schema]) => {
    const inner = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? schema.unwrap() : schema;
    return inner === ClusterName ? [option] : [];
  });
}

function readOptions(typed: readonly string[], keys: readonly string[], command: Command): Record<string, string> {
  const options: Record<string, string> = {};
  const rest = [...typed];
  const problem = (message: string) => new OpsError({ code: "bad_input", message, hint: `Usage: ${usage(command)}` });
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const named = /^(?:--)?([a-z][a-zA-Z]*)=(.*)$/s.exec(word) ?? /^--([a-z][a-zA-Z]*)$/.exec(word);
    const key = named?.[1] ?? keys.find((candidate) => !(candidate in options));
    if (key === undefined) throw problem(`“${word}” is one word too many.`);
    if (!keys.includes(key)) throw problem(`There is no option “${key}”.`);
    if (key in options) throw problem(`The option “${key}” is given twice.`);
    const value = named === null ? word : (named[2] ?? rest.shift());
    if (value === undefined) throw problem(`The option “${key}” needs a value.`);
    options[key] = value;
  }
  return options;
}

/** `/cluster build NAME`, optional ones in brackets. */
export function usage(command: Command): string {
  const options = Object.entries(command.input.shape).map(([key, schema]) =>
    schema.safeParse(undefined).success ? `[${key}]` : key.toUpperCase(),
  );
  return [`/${command.name}`, ...options].join(" ");
}

function unknownCommand(typed: readonly string[], commands: readonly Command[]): OpsError {
  const text = typed.slice(0, 2).join(" ");
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
