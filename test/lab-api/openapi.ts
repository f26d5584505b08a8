import { existsSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import type { ValidateFunction } from "ajv";
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

/** A copy of a schema in which what the document forbids but the wire has is allowed. */
function relax(schema: Json, answers: boolean): Json {
  if (Array.isArray(schema)) return schema.map((item) => relax(item, answers));
  if (typeof schema !== "object" || schema === null) return schema;
  const copy: { [key: string]: Json } = {};
  for (const [name, value] of Object.entries(schema)) {
    // Answers have grown since; `allOf` of closed objects could never hold anyway.
    if (name === "additionalProperties" && value === false && (answers || "allOf" in schema)) continue;
    copy[name] = relax(value, answers);
  }
  return copy;
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

/** A device of a configuration has `volume_id: null` on the wire (recorded); the document forgets to say so. */
function withoutNulls(value: Json): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([name, inner]) => [name, withoutNulls(inner)]));
}

/** Holds exchanges against Linode's OpenAPI document. */
export class OpenApi {
  readonly #ajv: Ajv;
  readonly #paths: [RegExp, string, Record<string, unknown>][];
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor() {
    this.#ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(this.#ajv);
    for (const format of ["ip", "ip/netmask", "ipv6/prefix", "ipv4/prefix", "byte", "password"])
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
        : this.#validate(`${name} ${key}`, answer, jsonValue.parse(exchange.received), true)),
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
    return (validate.errors ?? []).map(
      (error) => `${name}: ${error.instancePath} ${error.message ?? ""} ${JSON.stringify(error.params)}`,
    );
  }
}
