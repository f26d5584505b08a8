import { z } from "zod";
import type { Access } from "../core/command.ts";
import { usage } from "../core/typed.ts";
import type { Risk } from "../core/plan.ts";
import { markdownTable } from "../core/table.ts";
import { anyOf } from "../core/words.ts";
import type { Registry } from "./registry.ts";

const who: Record<Access, string> = {
  anyone: "Everybody whom the configuration names may use it.",
  viewer: "For the role viewer and above.",
  operator: "For the role operator and above.",
  admin: "For the role admin.",
};

const asks: Record<Risk, string> = {
  read: "It changes nothing and asks nothing.",
  reversible: "It shows a plan first, which whoever typed it confirms.",
  outage: "It shows a plan first, which a second person approves.",
  dataloss: "It shows a plan first; whoever approves it types the name of the cluster.",
};

/** The page of the documentation about all commands, as Markdown; written from their own declarations. */
export function commandsPage({ commands, playbooks }: Registry): string {
  const sections = commands.map((command) => {
    const risk = playbooks.find(({ name }) => name === command.starts)?.risk;
    const options = Object.entries(command.input.shape).map(([name, schema]) => optionRow(name, schema));
    const table = options.length === 0 ? "" : `\n${markdownTable([["option", "what", "left out"], ...options])}\n`;
    return `## ${usage(command)}\n\n${command.summary}.\n\n${who[command.access]}${risk === undefined ? "" : ` ${asks[risk]}`}\n${table}`;
  });
  return `# Commands

Words fill the options in their order; \`key=value\` and \`--key value\` name them. Quotes keep a text with blanks
together. In the usage, an option in brackets may be left out.

This page is written from the files in \`commands/\`.

${sections.join("\n")}`;
}

function optionRow(name: string, schema: z.ZodType): string[] {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  const fallback = json.default === undefined ? "possible" : JSON.stringify(json.default);
  return [`\`${name}\``, meaning(json), schema.safeParse(undefined).success ? fallback : "must be there"];
}

/** What may be given, in words: the schema's own description, or what can be told of its type. */
function meaning({ description, enum: words, type, minimum, maximum }: z.core.JSONSchema.JSONSchema): string {
  if (description !== undefined) return description;
  if (words !== undefined) return anyOf(words.map(String));
  if (type !== "integer" && type !== "number") return type === "boolean" ? "true or false" : "text";
  // What zod puts in where nothing was said is no limit.
  const limit = (at: number | undefined) =>
    at === undefined || Math.abs(at) === Number.MAX_SAFE_INTEGER ? undefined : at;
  const [from, to] = [limit(minimum), limit(maximum)];
  return ["number", from === undefined ? [] : `from ${from}`, to === undefined ? [] : `to ${to}`].flat().join(" ");
}
