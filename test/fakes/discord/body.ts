import type { Context } from "hono";
import { invalidForm, refusals, refuseFields } from "./errors.ts";
import type { Upload } from "./messages.ts";
import { spec } from "./spec.ts";

/** What a file and a request may have without boosts. */
const mostOfFile = 10 * 1024 * 1024;
const mostOfRequest = 25 * 1024 * 1024;

/** What a request brought. */
export interface Body {
  readonly json: unknown;
  readonly uploads: readonly Upload[];
}

/** The path behind `/api/v10`, as the OpenAPI document has it. */
export function barePath(context: Context): string {
  return new URL(context.req.url).pathname.replace(/^\/api\/v10/, "");
}

/** Reads JSON or multipart and holds it against Discord's OpenAPI document; throws the 50035. */
export async function readBody(context: Context): Promise<Body> {
  const type = context.req.header("content-type") ?? "";
  if (Number(context.req.header("content-length") ?? 0) > mostOfRequest) throw refusals.tooLarge();
  const body = type.startsWith("multipart/form-data")
    ? await readMultipart(context)
    : { json: await readJson(context, type), uploads: [] };
  refuseFields(spec.check(context.req.method, barePath(context), body.json));
  return body;
}

async function readJson(context: Context, type: string): Promise<unknown> {
  const text = await context.req.text();
  if (text === "") return undefined;
  if (!type.startsWith("application/json"))
    throw invalidForm([
      {
        path: [],
        code: "CONTENT_TYPE_INVALID",
        message: 'Expected "Content-Type" header to be one of {"application/json", "multipart/form-data"}.',
      },
    ]);
  return parse(text);
}

async function readMultipart(context: Context): Promise<Body> {
  const form = await context.req.formData();
  const uploads: Upload[] = [];
  for (const [name, value] of form.entries()) {
    const index = /^files\[(\d)\]$/.exec(name)?.[1];
    if (index === undefined || typeof value === "string") continue;
    if (value.size > mostOfFile) throw refusals.tooLarge();
    const bytes = new Uint8Array(await value.arrayBuffer());
    // Discord takes only letters, digits and `-_.` into a file's name.
    uploads.push({ index, name: value.name.replaceAll(/[^\w.-]/g, "_"), type: value.type, bytes });
  }
  const payload = form.get("payload_json");
  return { json: typeof payload === "string" ? parse(payload) : {}, uploads };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusals.invalidJson();
  }
}
