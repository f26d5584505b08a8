import { z } from "zod";
import { ClusterName } from "./cluster.ts";

/** An option that takes the rest of the line; declared last. */
export const freeText = z.string().trim().min(1, "say something").max(500).describe("text, the rest of the line");

/** An option that names a run. */
export const RunId = z
  .string()
  .regex(/^[0-9a-f]{8}[0-9a-f-]{0,28}$/, "a run has an id like 1f6f2f0c-…; its first 8 characters are enough")
  .describe("id of a run, or its first 8 characters");

/** An option that names a notice. */
export const NoticeId = z
  .string()
  .regex(/^[0-9a-f]{8}[0-9a-f-]{0,28}$/, "a notice has an id like 1f6f2f0c-…; its first 8 characters are enough")
  .describe("id of a notice, or its first 8 characters");

/** One option of a command, for forms and completion. */
export interface Option {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly kind: "text" | "integer" | "number" | "boolean";
  /** All it can be; `null` when that is not a list. */
  readonly choices: readonly string[] | null;
  /** Bounds of a number. */
  readonly min: number | null;
  readonly max: number | null;
  /** Of text. */
  readonly maxLength: number | null;
  /** What it names, for completion; `prose` is free text over several words. */
  readonly about: "cluster" | "run" | "prose" | null;
}

/** What a schema says of itself as JSON Schema. */
const Told = z.object({
  type: z.string().optional(),
  description: z.string().optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.number().optional(),
});

const kinds = { integer: "integer", number: "number", boolean: "boolean" } as const;

/** The options of a command in the order of their declaration. */
export function optionsOf({ input }: { readonly input: { readonly shape: Record<string, z.ZodType> } }): Option[] {
  return Object.entries(input.shape).map(([name, schema]) => optionOf(name, schema));
}

function optionOf(name: string, schema: z.ZodType): Option {
  const declared = withoutOptional(schema);
  const told = Told.parse(z.toJSONSchema(declared, { io: "output", unrepresentable: "any" }));
  const kind = Object.entries(kinds).find(([type]) => type === told.type)?.[1] ?? "text";
  return {
    name,
    description: told.description ?? schema.description ?? name,
    required: !schema.safeParse(undefined).success,
    kind,
    choices: told.enum?.map(String) ?? null,
    min: bounded(told.minimum),
    max: bounded(told.maximum),
    maxLength: told.maxLength ?? null,
    about: aboutOf(declared),
  };
}

/** JSON Schema gives integers the bounds of exact numbers, which nobody meant. */
const bounded = (bound: number | undefined): number | null =>
  bound === undefined || Math.abs(bound) >= Number.MAX_SAFE_INTEGER ? null : bound;

function aboutOf(declared: z.ZodType): Option["about"] {
  if (declared === ClusterName) return "cluster";
  if (declared === RunId) return "run";
  return declared === freeText ? "prose" : null;
}

/** What was declared, without what makes it optional. */
export function withoutOptional(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? withoutOptional(schema.unwrap() as z.ZodType)
    : schema;
}
