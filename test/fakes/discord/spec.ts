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
type Json = z.core.util.JSONType;

/** Discord's OpenAPI document, read when first asked. One for all stand-ins, because compiling takes a second. */
class Spec {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
  readonly #paths: [RegExp, string, Record<string, unknown>][] = [];
  readonly #compiled = new Map<string, ValidateFunction | null>();
  #document: unknown = null;

  /** What the document has against the body of a request; nothing where it has no body or is not there. */
  check(method: string, path: string, body: unknown): FieldError[] {
    return this.#hold(method, path, ["requestBody"], numbersOfBits(body));
  }

  /** What the document has against the body of an answer. */
  checkAnswer(method: string, path: string, status: number, body: unknown): FieldError[] {
    return this.#hold(method, path, ["responses", String(status)], body);
  }

  #hold(method: string, path: string, place: readonly string[], body: unknown): FieldError[] {
    if (missingSpec !== null) return [];
    this.#load();
    const verb = method.toLowerCase();
    const found = this.#paths.find(([pattern, , methods]) => pattern.test(path) && verb in methods);
    if (found === undefined) return [];
    const validate = this.#compile(["paths", found[1], verb, ...place, "content", "application/json", "schema"]);
    if (validate === null || validate(body)) return [];
    return fieldErrors(validate.errors ?? []);
  }

  #load(): void {
    if (this.#document !== null) return;
    addFormats.default(this.#ajv);
    for (const format of ["snowflake", "nonce"]) this.#ajv.addFormat(format, true);
    // `attachment://` addresses of files in the same request are URIs too.
    this.#ajv.addFormat("uri", (value: string) => URL.canParse(value));
    // Not checked with zod, which takes seconds for a megabyte.
    const json = JSON.parse(readFileSync(file, "utf8")) as Json;
    const parsed = document.parse(byType(json, typesOf(json)));
    this.#document = parsed;
    this.#ajv.addSchema(parsed, "discord");
    for (const [path, methods] of Object.entries(parsed.paths).toSorted(([a], [b]) => wildness(a) - wildness(b)))
      this.#paths.push([new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`), path, methods]);
  }

  /** The schema at a place of the document; null where there is none. */
  #compile(place: readonly string[]): ValidateFunction | null {
    const pointer = place.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
    let validate = this.#compiled.get(pointer);
    if (validate === undefined) {
      const schema = place.reduce<unknown>((inner, part) => Object(inner)[part], this.#document);
      validate = schema === undefined ? null : this.#ajv.compile({ $ref: `discord#/${pointer}` });
      this.#compiled.set(pointer, validate);
    }
    return validate;
  }
}

/** The named schemas of components, options and the like, with the values of `type` that mean them. */
function typesOf(json: Json): ReadonlyMap<string, number[]> {
  const { components } = z.object({ components: z.object({ schemas: z.record(z.string(), z.unknown()) }) }).parse(json);
  const typed = z.object({ properties: z.object({ type: z.object({ enum: z.array(z.number()) }) }) });
  return new Map(
    Object.entries(components.schemas).flatMap(([name, schema]) => {
      const { data } = typed.safeParse(schema);
      return data === undefined ? [] : [[`#/components/schemas/${name}`, data.properties.type.enum]];
    }),
  );
}

/** A copy in which unions of such schemas look at the `type` first, so that a complaint is about what was meant. */
function byType(value: Json, types: ReadonlyMap<string, number[]>): Json {
  if (Array.isArray(value)) return value.map((each) => byType(each, types));
  if (typeof value !== "object" || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, byType(inner, types)]));
  const union = copy["oneOf"] ?? copy["anyOf"];
  const refs = Array.isArray(union) ? union.map((branch) => String(Object(branch)["$ref"])) : [];
  const meant = refs.flatMap((ref) => types.get(ref) ?? []);
  if (refs.length === 0 || refs.some((ref) => !types.has(ref)) || new Set(meant).size < meant.length) return copy;
  const { anyOf: _anyOf, oneOf: _oneOf, ...rest } = copy;
  const others = (ref: string) => ({ properties: { type: { not: { enum: types.get(ref) ?? [] } } } });
  return {
    ...rest,
    required: ["type"],
    properties: { type: { enum: meant } },
    allOf: refs.map(($ref) => ({ if: others($ref), else: { $ref } })),
  };
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

/** What is wrong, without that the other branches of a union do not fit either. */
function fieldErrors(errors: readonly ErrorObject[]): FieldError[] {
  const telling = errors.filter(
    ({ keyword, params }) => !["oneOf", "anyOf", "if"].includes(keyword) && params["type"] !== "null",
  );
  const chosen = telling.length > 0 ? telling : errors;
  return [...new Map(chosen.map(fieldError).map((each) => [JSON.stringify(each), each])).values()].slice(0, 5);
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
