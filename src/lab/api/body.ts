import type { Context } from "hono";
import { z } from "zod";
import { ApiError, bad } from "./errors.ts";
import type { ApiReason } from "./errors.ts";

function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (name, part) =>
      typeof part === "number" ? `${name}[${String(part)}]` : name === "" ? String(part) : `${name}.${String(part)}`,
    "",
  );
}

function reasons(issue: z.core.$ZodIssue): ApiReason[] {
  const field = fieldName(issue.path);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ reason: "Unknown field", field: fieldName([...issue.path, key]) }));
  if (issue.code === "invalid_type" && issue.input === undefined) return [{ reason: `${field} is required`, field }];
  if (issue.code === "custom") return [{ reason: issue.message, field }];
  return [{ reason: issue.code === "invalid_value" ? `${field} is not valid` : issue.message, field }];
}

/** The JSON body of a request, checked; throws the 400 that names every field that is wrong. */
export async function readBody<T>(context: Context, schema: z.ZodType<T>): Promise<T> {
  const text = await context.req.text();
  let data: unknown;
  try {
    data = text === "" ? {} : JSON.parse(text);
  } catch {
    throw bad("Invalid JSON");
  }
  const parsed = schema.safeParse(data, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new ApiError(400, parsed.error.issues.flatMap(reasons));
}

/** A number in the path; what is not one is not found. */
export function pathId(context: Context, name: string): number {
  const text = context.req.param(name) ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : -1;
}

/** Label of a Linode or placement group: 3 to 64 characters, alphanumeric at both ends, no doubled punctuation. */
export const labelSchema = z
  .string()
  .refine((label) => label.length >= 3 && label.length <= 64, "Length must be 3-64 characters")
  .refine(
    (label) => /^[a-zA-Z0-9](?:[a-zA-Z0-9-_.]*[a-zA-Z0-9])?$/.test(label) && !/--|__|\.\./.test(label),
    "Label must begin and end with an alphanumeric character and contain only letters, numbers, and single dashes, underscores or periods.",
  );

/** Label of a disk or configuration: 1 to 48 characters. */
export const shortLabelSchema = z
  .string()
  .refine((label) => label.length >= 1 && label.length <= 48, "Length must be 1-48 characters");

/** Tags: 3 to 50 characters each. */
export const tagsSchema = z.array(
  z.string().refine((tag) => tag.length >= 3 && tag.length <= 50, "Length must be 3-50 characters"),
);

/** An interface of a configuration profile; the lab has no VPCs. */
export const interfaceSchema = z
  .strictObject({
    purpose: z.enum(["public", "vlan"]),
    label: z.string().nullish(),
    ipam_address: z.string().nullish(),
    primary: z.boolean().optional(),
  })
  .superRefine((entry, context) => {
    if (entry.purpose === "public") {
      if (entry.label != null && entry.label !== "")
        context.addIssue({ code: "custom", path: ["label"], message: "Must not be set for a public interface" });
      return;
    }
    if (entry.label == null || !/^[a-zA-Z0-9-]{1,64}$/.test(entry.label))
      context.addIssue({ code: "custom", path: ["label"], message: "Must be 1-64 letters, numbers and dashes" });
    if (entry.ipam_address != null && entry.ipam_address !== "" && !z.cidrv4().safeParse(entry.ipam_address).success)
      context.addIssue({ code: "custom", path: ["ipam_address"], message: "Must be an IPv4 address with a prefix" });
  });
