import { OpsError } from "../core/errors.ts";
import type { Fact } from "../core/fact.ts";
import type { Item, Operation } from "../core/operation.ts";
import { scrub } from "../core/secret.ts";
import type { Script } from "../core/shell.ts";
import type { Patience } from "../core/target.ts";
import type { Connection } from "./connection.ts";
import { broken, unframed } from "./ending.ts";
import { compile, newNonce, parseFrames } from "./frames.ts";
import { excerpt } from "./output.ts";

/** Bytes of one answer; more than any node's facts need. */
const keep = 16 * 1024 * 1024;
const nothingChanged = "Nothing was changed.";

/** Something that can be read: a name for errors, a script and what to make of its output. */
interface Question<T> {
  readonly name: string;
  readonly code: "unreadable_fact" | "unreadable_state";
  readonly script: Script;
  readonly parse: (output: string) => T;
}

/** Reads facts in one round trip; without facts, in none. */
export function readFacts(
  connection: Connection,
  facts: readonly Fact<unknown>[],
  secrets: Iterable<string>,
  patience: Required<Patience>,
): Promise<unknown[]> {
  const questions = facts.map((fact) => ({
    name: fact.name,
    code: "unreadable_fact" as const,
    script: fact.script,
    parse: (output: string) => fact.parse(output),
  }));
  return ask(connection, questions, secrets, patience);
}

/** Reads the state of all items in one round trip; each operation reads all of its items with one script. */
export async function checkItems(
  connection: Connection,
  items: readonly Item[],
  secrets: Iterable<string>,
  patience: Required<Patience>,
): Promise<(object | undefined)[]> {
  const groups = [...Map.groupBy(items.keys(), (index) => items[index]?.operation)].flatMap(([operation, indexes]) =>
    operation === undefined ? [] : [{ operation, indexes }],
  );
  const questions = groups.map(({ operation, indexes }) => {
    const wants = indexes.flatMap((index) => items[index]?.want ?? []);
    return stateQuestion(operation, wants);
  });
  const answers = await ask(connection, questions, secrets, patience);
  const haves: (object | undefined)[] = items.map(() => undefined);
  groups.forEach(({ indexes }, group) => indexes.forEach((index, at) => (haves[index] = answers[group]?.[at])));
  return haves;
}

function stateQuestion(
  operation: Operation<object>,
  wants: readonly object[],
): Question<readonly (object | undefined)[]> {
  return {
    name: operation.name,
    code: "unreadable_state",
    script: operation.read(wants),
    parse(output) {
      const states = operation.parse(output, wants);
      if (states.length === wants.length) return states;
      throw new TypeError(`${states.length} states were parsed where ${wants.length} were asked for`);
    },
  };
}

async function ask<T>(
  connection: Connection,
  questions: readonly Question<T>[],
  secrets: Iterable<string>,
  patience: Required<Patience>,
): Promise<T[]> {
  if (questions.length === 0) return [];
  const { node } = connection;
  const known = [...secrets];
  const nonce = newNonce();
  const script = compile(questions, nonce, "facts");
  const result = await connection.run({ script, keep, reads: true }, patience);
  const answers = parseFrames(result.stdout, nonce);
  const complaints = parseFrames(result.stderr, nonce);
  if (result.ending.kind !== "exit") {
    const last = answers.at(-1);
    const doing = `the reading of ${questions[last?.index ?? 0]?.name ?? "facts"}`;
    const output = complaints.at(-1)?.output ?? result.stderr;
    throw broken(result.ending, { node, doing, state: nothingChanged, output, secrets: known });
  }
  return questions.map((question, index) => {
    const answer = answers.find((frame) => frame.index === index);
    if (answer?.status === undefined && result.bytes <= keep) throw unframed(node, result, known);
    if (answer?.status === undefined || answer.truncated) throw tooLong(node, question);
    const errors = complaints.find((frame) => frame.index === index)?.output ?? "";
    if (answer.status !== 0) throw unreadable(node, question, answer.status, errors || answer.output, known);
    return parsed(node, question, answer.output, known);
  });
}

function parsed<T>(node: string, question: Question<T>, output: string, known: readonly string[]): T {
  try {
    return question.parse(output);
  } catch (cause) {
    // The parser saw the output as it is: whatever it quotes must be cleaned here.
    const message = scrub(cause instanceof Error ? cause.message : String(cause), known);
    throw new OpsError({
      code: cause instanceof OpsError ? cause.code : question.code,
      node,
      message: cause instanceof OpsError ? message : `The answer about ${question.name} cannot be read: ${message}.`,
      state: nothingChanged,
      hint:
        (cause instanceof OpsError ? cause.hint : undefined) ??
        "The node may run another version of the tool than Nonet knows.",
    });
  }
}

function unreadable(
  node: string,
  question: Question<unknown>,
  status: number,
  output: string,
  known: readonly string[],
) {
  return new OpsError({
    code: question.code,
    node,
    message: `Reading ${question.name} failed (exit status ${status}).`,
    state: nothingChanged,
    hint: "See the output for the reason.",
    output: excerpt(output, known),
  });
}

function tooLong(node: string, question: Question<unknown>) {
  return new OpsError({
    code: "output_too_long",
    node,
    message: `The answer about ${question.name} and what follows it is longer than ${keep / 1024 / 1024} MiB.`,
    state: nothingChanged,
    hint: "Look at the node: something there has grown out of proportion.",
  });
}
