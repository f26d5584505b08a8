import { existsSync, readFileSync } from "node:fs";
import { Ajv2019 } from "ajv/dist/2019.js";
import type { ValidateFunction } from "ajv/dist/2019.js";
import addFormats from "ajv-formats";
import { z } from "zod";
import type { Exchange } from "./harness.ts";

const file = new URL("../../../shared/specs/linode-openapi-4.189.0.json", import.meta.url).pathname;
/** Why tests that need Linode's OpenAPI document are skipped; null where it is there. */
export const missingSpec = existsSync(file) ? null : `no OpenAPI document at ${file}`;

const content = z.object({ content: z.object({ "application/json": z.object({ schema: z.looseObject({}) }) }) });
const operation = z.object({
  requestBody: content.optional().catch(undefined),
  responses: z.record(z.string(), content.optional().catch(undefined)),
});
const document = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

/** Fields that the wire has (recorded in 2026) and this older document has not. */
const newerRequestFields = new Set(["interface_generation", "initrd"]);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
const jsonValue = z.json();

/** Where the document is wrong about the wire (recorded): what it says, and at which place. */
const documentErrors: readonly (readonly [RegExp, string])[] = [
  [/secondary_entity\/id must be string/, "ids of disks and configurations are numbers"],
  [/root_device must match pattern/, "the pattern is a sentence"],
  [/description must NOT have fewer than 1/, "images have an empty one"],
  [/interfaces must NOT have fewer than 1/, "a configuration without interfaces has an empty list"],
  [/tags\/\{tagLabel\} 200: \/data\/\d+\/data/, "a tagged object is matched against several schemas at once"],
  [/host_uuid must match format "uuid"/, "forty hexadecimal digits"],
];

/** A copy of a schema in which closed objects can be combined; `open` also lets them have further fields. */
function relax(schema: Json, open: boolean): Json {
  if (Array.isArray(schema)) return schema.map((item) => relax(item, open));
  if (typeof schema !== "object" || schema === null) return schema;
  const parts = "allOf" in schema;
  const copy: { [key: string]: Json } = {};
  for (const [name, value] of Object.entries(schema)) {
    if (name === "additionalProperties" && value === false && (open || parts)) continue;
    copy[name] = relax(value, open || (name === "allOf" && parts));
  }
  // The parts of an `allOf` are closed each by itself, so that together they could never hold.
  if (parts && !open) copy["unevaluatedProperties"] = false;
  if (copy["nullable"] !== true || "type" in copy) return copy;
  // The validator knows `nullable` beside `type` only.
  delete copy["nullable"];
  return { anyOf: [copy, { type: "null" }] };
}

function withoutNewer(sent: unknown): Json {
  const value = jsonValue.parse(sent);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !newerRequestFields.has(name))
      .map(([name, inner]) => [name, name === "devices" ? withoutNulls(inner) : inner]),
  );
}

/** Where there is nothing the wire has null (recorded); the document often forgets to say so. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([name, inner]) => [name, withoutNulls(inner)]));
}

/** Holds exchanges against Linode's OpenAPI document. */
export class OpenApi {
  readonly #ajv: Ajv2019;
  readonly #paths: [RegExp, string, Record<string, unknown>][];
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor() {
    this.#ajv = new Ajv2019({ strict: false, allErrors: true });
    addFormats.default(this.#ajv);
    for (const format of ["ip", "ip/netmask", "ipv6/128", "ipv6/prefix_length", "ssh-key", "phone", "url", "password"])
      this.#ajv.addFormat(format, true);
    // The document writes times without a zone, as the wire does.
    this.#ajv.addFormat("date-time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    const { paths } = document.parse(JSON.parse(readFileSync(file, "utf8")));
    this.#paths = Object.entries(paths)
      .toSorted(([a], [b]) => a.split("{").length - b.split("{").length)
      .map(([path, methods]) => [new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`), path, methods]);
  }

  /** What is wrong with the request and with the answer; empty when both are as documented. */
  check(exchange: Exchange): string[] {
    const found = this.#paths.find(
      ([pattern, , methods]) => pattern.test(exchange.path) && exchange.method.toLowerCase() in methods,
    );
    const name = `${exchange.method} ${found?.[1] ?? exchange.path}`;
    if (found === undefined) return [`${name}: not in the document`];
    const { requestBody, responses } = operation.parse(found[2][exchange.method.toLowerCase()]);
    const request = requestBody?.content["application/json"].schema;
    const key = String(exchange.status);
    const answer = (responses[key] ?? responses["default"])?.content["application/json"].schema;
    return [
      ...(request === undefined || exchange.sent === null || exchange.status >= 400
        ? []
        : this.#validate(`${name} request`, request, withoutNewer(exchange.sent), false)),
      ...(answer === undefined || exchange.status === 204
        ? []
        : this.#validate(`${name} ${key}`, answer, withoutNulls(jsonValue.parse(exchange.received)), true)),
    ];
  }

  #validate(name: string, schema: object, value: Json, answers: boolean): string[] {
    let validate = this.#compiled.get(name);
    if (validate === undefined) {
      const relaxed = relax(jsonValue.parse(schema), answers);
      if (typeof relaxed !== "object" || relaxed === null) throw new Error(`no schema for ${name}`);
      validate = this.#ajv.compile(relaxed);
      this.#compiled.set(name, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? [])
      .map((error) => `${name}: ${error.instancePath} ${error.message ?? ""} ${JSON.stringify(error.params)}`)
      .filter((line) => !documentErrors.some(([pattern]) => pattern.test(line)));
  }
}
