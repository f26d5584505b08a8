import { z } from "zod";
import type { Audit } from "./audit.ts";
import { ClusterName } from "./cluster.ts";
import { OpsError } from "./errors.ts";
import type { LatestRuns, RunView } from "./journal.ts";
import type { Lock } from "./lock.ts";
import type { Playbook, Result } from "./playbook.ts";
import type { Caller } from "./caller.ts";
import type { Services } from "./ports.ts";
import type { Reviews } from "./reviews.ts";

/**
 * What a person must be allowed to do: `viewer` reads, `operator` changes, `admin` destroys; `anyone` is everybody whom
 * the configuration names.
 */
export type Access = "anyone" | "viewer" | "operator" | "admin";

/** The secrets that people's one-time codes are made from. */
export interface OneTimeCodes {
  /** Makes the one of a person; returns what an authenticator app reads. @throws OpsError `enrolled`. */
  enroll(person: string): Promise<string>;
  /** Returns whether there was one. */
  forget(person: string): Promise<boolean>;
}

/** One use of a command by somebody. */
export interface Call {
  /** Name of the person. */
  readonly actor: string;
  readonly via: Caller["via"];
  readonly services: Services;
  readonly reviews: Reviews;
  readonly codes: OneTimeCodes;
  readonly audit: Audit;
  /** Starts (or joins) a run of this playbook; the reply is its card, live until the end. */
  start<I extends object>(playbook: Playbook<I>, input: I): Promise<Reply>;
  readonly runs: CallRuns;
  /** What the same person may use at the same place, for help. */
  readonly commands: readonly Command[];
}

/** Runs and locks, as far as the same person may see and change them. */
export interface CallRuns {
  /** Of all clusters for `null`. */
  latest(cluster: string | null): Promise<LatestRuns>;
  /**
   * The run whose id is or begins like this.
   * @throws OpsError `no_such_run`, `ambiguous_run`, or a denial when the person may not do that with it.
   */
  find(id: string, to: "see" | "stop" | "repeat"): Promise<RunView>;
  /** Returns how soon it ends. */
  cancel(run: RunView): Promise<"at once" | "at the next safe point">;
  /** Starts what a run was started for once more; `link` says that it carries that run on. */
  again(run: RunView, link: boolean): Promise<Reply>;
  /** Locks a cluster or, `null`, all. Returns the lock that is there already, if one is. */
  lock(cluster: string | null, reason: string): Promise<Lock | undefined>;
  /** Returns the lock that was lifted; `undefined` when there is none. */
  unlock(cluster: string | null, reason: string | null): Promise<Lock | undefined>;
}

/** What comes back from a command: a run to follow, or an answer at once. */
export type Reply =
  | { readonly kind: "run"; readonly runId: string }
  | { readonly kind: "result"; readonly result: Result };

/**
 * A slash command. Positional words fill the options in the order of `input`; `key=value` and `--key value` name them.
 * The last option may be `freeText`, which takes the rest of the line as it was typed.
 */
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

/** An option that takes the rest of the line; declared last. */
export const freeText = z.string().trim().min(1, "say something").max(500).describe("text, the rest of the line");

/** An option that names a run. */
export const RunId = z
  .string()
  .regex(/^[0-9a-f]{8}[0-9a-f-]{0,28}$/, "a run has an id like 1f6f2f0c-…; its first 8 characters are enough")
  .describe("id of a run, or its first 8 characters");

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
export function readInput({ command, rest }: Typed): object {
  const options = readOptions(rest, command);
  const parsed = command.input.safeParse(options);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "input"}: ${message}`);
  throw new OpsError({ code: "bad_input", message: `${problems.join("; ")}.`, hint: `Usage: ${usage(command)}` });
}

/** The options of a command that name a cluster: those declared as `ClusterName`. */
export function clusterOptions({ input }: Command): string[] {
  return Object.entries(input.shape).flatMap(([option, schema]) => (inner(schema) === ClusterName ? [option] : []));
}

/** What was declared, without what makes it optional. */
function inner(schema: z.ZodType | undefined): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? schema.unwrap() : schema;
}

function readOptions(typed: string, command: Command): Record<string, string> {
  const options: Record<string, string> = {};
  const { shape } = command.input;
  const isOpen = (key: string | undefined): key is string =>
    key !== undefined && Object.hasOwn(shape, key) && !(key in options);
  const problem = (message: string) => new OpsError({ code: "bad_input", message, hint: `Usage: ${usage(command)}` });
  let left = typed.trim();
  while (left !== "") {
    const next = Object.keys(shape).find(isOpen);
    const spelled = /^(?:--)?([a-z][a-zA-Z]*)=|^--([a-z][a-zA-Z]*)(?:\s+|$)/.exec(left);
    const name = spelled?.[1] ?? spelled?.[2];
    const free = isOpen(name) ? name : next;
    if (free !== undefined && inner(shape[free]) === freeText) {
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
    const more = inner(schema) === freeText ? "…" : "";
    return schema.safeParse(undefined).success ? `[${key}${more}]` : `${key.toUpperCase()}${more}`;
  });
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
