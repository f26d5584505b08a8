import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { desire, type Change, type Operation } from "../../src/core/operation.ts";
import { reveal, Secret } from "../../src/core/secret.ts";
import type { Action } from "../../src/core/shell.ts";
import { operations } from "./operations.ts";

/**
 * One line of behaviour. `output` is what the read script printed, or `have` the state itself (absent: nothing there).
 * `changes` are `[field, have, want]`. Each of `actions` must hold these texts, in their order.
 */
const Case = z.strictObject({
  operation: z.string(),
  want: z.record(z.string(), z.unknown()),
  output: z.string().or(z.array(z.string())).optional(),
  have: z.record(z.string(), z.unknown()).optional(),
  changes: z.array(z.tuple([z.string(), z.string().nullable(), z.string()])),
  actions: z.array(z.string().or(z.array(z.string()))),
});
type Case = z.infer<typeof Case>;

const folder = new URL(".", import.meta.url).pathname;
const files = globSync("*/*.json", { cwd: folder }).toSorted();

const secrets = (_key: string, value: unknown): unknown => {
  const hidden = z.strictObject({ secret: z.string() }).safeParse(value);
  return hidden.success ? new Secret(hidden.data.secret) : value;
};

function words(action: Action): string {
  if (action.kind === "prove") return `prove ${action.port}`;
  if (action.kind === "run") {
    return `run ${action.script}${action.stdin === undefined ? "" : `\nstdin ${reveal(action.stdin)}`}`;
  }
  const { path, mode, owner, group, content } = action;
  return `write ${path} ${mode} ${owner}:${group}\n${reveal(content)}`;
}

function found(op: Operation<object>, { output, have }: Case, want: object): object | undefined {
  if (output === undefined) return have;
  return op.parse(typeof output === "string" ? output : output.map((line) => `${line}\n`).join(""), [want])[0];
}

const operationNamed = (name: string): Operation<object> => {
  const op = operations[name];
  if (op === undefined) throw new Error(`no operation ${name} in test/ops/operations.ts`);
  return op;
};

function holds(text: string, parts: string | string[]): void {
  let from = 0;
  for (const part of [parts].flat()) {
    const at = text.indexOf(part, from);
    if (at === -1) throw new Error(`“${part}” is missing from:\n${text.slice(from)}`);
    from = at + part.length;
  }
}

test("there are cases", () => expect(files.length).toBeGreaterThan(8));

describe.each(files)("%s", (path) => {
  const cases = z.record(z.string(), Case).parse(JSON.parse(readFileSync(folder + path, "utf8"), secrets));
  test.each(Object.entries(cases))("%s", (_name, line) => {
    const op = operationNamed(line.operation);
    const want = desire(op, line.want).want;
    const have = found(op, line, want);
    const changes = op.diff(have, want);
    expect(changes.map(({ field, have, want }: Change) => [field, have, want])).toEqual(line.changes);
    const actions = changes.length === 0 ? [] : op.apply(want, changes, have).map(words);
    expect(actions.map((action) => action.split("\n")[0])).toHaveLength(line.actions.length);
    actions.forEach((action, index) => holds(action, line.actions[index] ?? ""));
    expect(op.diff(want, want)).toEqual([]);
  });
});
