import { existsSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { ErrorObject, ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { z } from "zod";
import type { FieldError } from "./errors.ts";

const file = new URL("../../../../shared/specs/discord-openapi.json", import.meta.url).pathname;
/** Why bodies are not held against Discord's OpenAPI document; null where it is there. */
export const missingSpec = existsSync(file) ? null : `no OpenAPI document at ${file}`;

const document = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
const operation = z.object({
  requestBody: z.object({ content: z.object({ "application/json": z.unknown() }) }).optional(),
});

/** Discord's OpenAPI document, read when first asked. One for all stand-ins, because compiling takes a second. */
class Spec {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
  readonly #paths: [RegExp, string, Record<string, unknown>][] = [];
  readonly #compiled = new Map<string, ValidateFunction | null>();
  #read = false;

  /** What the document has against a body; nothing where the document has no body or is not there. */
  check(method: string, path: string, body: unknown): FieldError[] {
    if (missingSpec !== null) return [];
    this.#load();
    const found = this.#paths.find(([pattern, , methods]) => pattern.test(path) && method.toLowerCase() in methods);
    if (found === undefined) return [];
    const validate = this.#compile(found[1], method.toLowerCase(), found[2]);
    if (validate === null || validate(numbersOfBits(body))) return [];
    return fieldErrors(validate.errors ?? []);
  }

  #load(): void {
    if (this.#read) return;
    this.#read = true;
    addFormats.default(this.#ajv);
    for (const format of ["snowflake", "nonce"]) this.#ajv.addFormat(format, true);
    // `attachment://` addresses of files in the same request are URIs too.
    this.#ajv.addFormat("uri", (value: string) => URL.canParse(value));
    const parsed = document.parse(JSON.parse(readFileSync(file, "utf8")));
    this.#ajv.addSchema(parsed, "discord");
    for (const [path, methods] of Object.entries(parsed.paths).toSorted(([a], [b]) => wildness(a) - wildness(b)))
      this.#paths.push([new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`), path, methods]);
  }

  #compile(path: string, method: string, methods: Record<string, unknown>): ValidateFunction | null {
    const name = `${method} ${path}`;
    let validate = this.#compiled.get(name);
    if (validate === undefined) {
      const { requestBody } = operation.parse(methods[method]);
      const pointer = ["paths", path, method, "requestBody", "content", "application/json", "schema"];
      const escaped = pointer.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1")));
      validate = requestBody === undefined ? null : this.#ajv.compile({ $ref: `discord#/${escaped.join("/")}` });
      this.#compiled.set(name, validate);
    }
    return validate;
  }
}

function wildness(path: string): number {
  return path.split("{").length;
}

/** Bit fields go over the wire as strings, against what the document says of them. */
function numbersOfBits(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(numbersOfBits);
  if (typeof body !== "object" || body === null) return body;
  const bits = (body as Record<string, unknown>)["default_member_permissions"];
  return typeof bits === "string" && /^\d+$/.test(bits) ? { ...body, default_member_permissions: Number(bits) } : body;
}

/** The complaints that lie deepest: the others only say that no branch of a union fits. */
function fieldErrors(errors: readonly ErrorObject[]): FieldError[] {
  const all = errors.map(fieldError);
  const most = Math.max(...all.map(({ path }) => path.length));
  const deepest = all.filter(({ path }) => path.length === most);
  // That a component is not of the type of some other branch is no news either.
  const telling = deepest.filter(({ path, code }) => path.at(-1) !== "type" || code !== "BASE_TYPE_CHOICES");
  const chosen = telling.length > 0 ? telling : deepest;
  return [...new Map(chosen.map((each) => [JSON.stringify(each), each])).values()].slice(0, 5);
}

function fieldError({ instancePath, keyword, params, message }: ErrorObject): FieldError {
  const path = instancePath.split("/").slice(1);
  const limit = String(params["limit"]);
  if (keyword === "required")
    return {
      path: [...path, String(params["missingProperty"])],
      code: "BASE_TYPE_REQUIRED",
      message: "This field is required",
    };
  if (keyword === "maxLength" || keyword === "maxItems")
    return { path, code: "BASE_TYPE_MAX_LENGTH", message: `Must be ${limit} or fewer in length.` };
  if (keyword === "minLength" || keyword === "minItems")
    return { path, code: "BASE_TYPE_BAD_LENGTH", message: `Must be at least ${limit} in length.` };
  if (keyword === "enum" || keyword === "const")
    return { path, code: "BASE_TYPE_CHOICES", message: `${message ?? ""} ${JSON.stringify(params)}` };
  return { path, code: "BASE_TYPE_INVALID", message: `${message ?? ""} ${JSON.stringify(params)}` };
}

export const spec = new Spec();
