import { z } from "zod";
import { inWords, isShape, shapesIn, walk, type Shape } from "../shape.ts";
import { block, homeView, modalView } from "./blocks.ts";

/** `modal` and `home` are the surfaces of views. */
type Surface = "message" | "modal" | "home";

const expected: Readonly<Record<string, string>> = {
  string: "must provide a string",
  number: "must provide a number",
  int: "must provide an integer",
  boolean: "must provide a boolean",
  object: "must provide an object",
  array: "must provide an array",
};

const join = (path: readonly PropertyKey[], root: string): string => [root, ...path.map(String)].join("/");

/** The issue in the words of Slack's own checker, which names the place by a JSON pointer. */
function wording(issue: z.core.$ZodIssue, root: string): string[] {
  const at = (text: string, path = issue.path): string => `${text} [json-pointer:${join(path, root)}]`;
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the rest has one wording
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => at(`invalid additional property: ${key}`));
    case "invalid_type":
      if (issue.input === undefined)
        return [at(`missing required field: ${String(issue.path.at(-1))}`, issue.path.slice(0, -1))];
      return [at(expected[issue.expected] ?? "failed to match all allowed schemas")];
    case "too_big":
      if (issue.origin === "string") return [at(`must be less than ${Number(issue.maximum) + 1} characters`)];
      if (issue.origin === "array") return [at(`no more than ${String(issue.maximum)} items allowed`)];
      return [at(`must be at most ${String(issue.maximum)}`)];
    case "too_small":
      if (issue.origin === "string") return [at(`must be more than ${Number(issue.minimum) - 1} characters`)];
      if (issue.origin === "array") return [at(`no fewer than ${String(issue.minimum)} items allowed`)];
      return [at(`must be at least ${String(issue.minimum)}`)];
    case "invalid_value":
      return [at("must be a valid enum value")];
    case "invalid_union": {
      const given: unknown = issue.input;
      const type = isShape(given) ? given.type : undefined;
      if (issue.discriminator === undefined) return [at("failed to match all allowed schemas")];
      if (type === undefined) return [at("missing required field: type", issue.path.slice(0, -1))];
      return [at(`unsupported type: ${inWords(type)}`)];
    }
    default:
      return [at("failed to match all allowed schemas")];
  }
}

function problems(schema: z.ZodType, value: unknown, root: string): string[] {
  const parsed = schema.safeParse(value, { reportInput: true });
  return parsed.success ? [] : parsed.error.issues.flatMap((issue) => wording(issue, root));
}

/** Everything that is wrong with the blocks of a message; empty when Slack would take them. */
export function wrongInMessage(blocks: readonly unknown[]): string[] {
  const shape = problems(z.array(block).max(50), blocks, "/blocks");
  return shape.length > 0 ? shape : crossChecks(shapesIn(blocks), "message", "/blocks");
}

/** Everything that is wrong with a view. */
export function wrongInView(view: Shape, surface: "modal" | "home", appName: string): string[] {
  const shape = problems(surface === "modal" ? modalView : homeView, view, "/view");
  if (shape.length > 0) return shape;
  const blocks = shapesIn(view.blocks);
  const lacking =
    surface === "modal" && view.submit === undefined
      ? blocks.flatMap(({ type }, index) =>
          type === "input"
            ? [
                `${appName} must define \`submit\` to use an \`input\` block in modals [json-pointer:/view/blocks/${index}/input]`,
              ]
            : [],
        )
      : [];
  return [...lacking, ...crossChecks(blocks, surface, "/view/blocks")];
}

/** What no single block can know. */
function crossChecks(blocks: readonly Shape[], surface: Surface, root: string): string[] {
  const found = blocks.flatMap((each, index) => misplaced(each, surface, `${root}/${index}`));
  found.push(...repeated(blocks, root));
  const markdown = blocks.reduce((sum, { type, text }) => sum + (type === "markdown" ? String(text).length : 0), 0);
  if (markdown > 12_000) found.push(`markdown text must be less than 12001 characters in total [json-pointer:${root}]`);
  return found;
}

function misplaced(block: Shape, surface: Surface, at: string): string[] {
  const { type } = block;
  const unsupported = `unsupported type: ${inWords(type)} [json-pointer:${at}/type]`;
  if (type === "input" && surface === "message") return [unsupported];
  if (type === "alert" && surface !== "modal") return [unsupported];
  if ((type === "table" || type === "markdown") && surface !== "message") return [unsupported];
  if (type === "section" && block.text === undefined && block.fields === undefined)
    return [`must define either \`text\` or \`fields\` [json-pointer:${at}/type]`];
  const wrong = type === "table" ? oversizedTable(block, at) : [];
  for (const [shape, pointer] of walk(block, at)) {
    const oneOf = (first: string, second: string): void => {
      if ((shape[first] === undefined) === (shape[second] === undefined))
        wrong.push(`must define either \`${first}\` or \`${second}\` [json-pointer:${pointer}]`);
    };
    if (shape.type === "image") oneOf("image_url", "slack_file");
    if (shape.type === "static_select" || shape.type === "multi_static_select") oneOf("options", "option_groups");
  }
  return wrong;
}

/** `action_id` and `block_id` once each. */
function repeated(blocks: readonly Shape[], root: string): string[] {
  const seen = new Set<string>();
  const found: string[] = [];
  for (const [shape, pointer] of walk(blocks, root))
    for (const name of ["action_id", "block_id"]) {
      const value = shape[name];
      if (typeof value !== "string") continue;
      const key = `${name} ${value}`;
      if (seen.has(key)) found.push(`\`${name}\` "${value}" already exists [json-pointer:${pointer}/${name}]`);
      seen.add(key);
    }
  return found;
}

/** Slack takes one table in a message, and says so with an error of its own. */
export function tablesIn(blocks: readonly unknown[]): number {
  return shapesIn(blocks).filter(({ type }) => type === "table").length;
}

/** "10,000 characters summed across all cells" (docs.slack.dev, table block). */
function oversizedTable(block: Shape, at: string): string[] {
  let characters = 0;
  for (const [{ text }] of walk(block.rows)) if (typeof text === "string") characters += text.length;
  return characters > 10_000 ? [`table must be less than 10001 characters in total [json-pointer:${at}]`] : [];
}
