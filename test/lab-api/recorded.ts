import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

/** Recorded traffic of the real API, where it is at hand. */
const recordings = new URL("../../../shared/specs/linode-recorded/", import.meta.url).pathname;
/** Why tests that need it are skipped; null where it is there. */
export const missingRecordings = existsSync(recordings) ? null : `no recorded traffic at ${recordings}`;

const cassette = z.object({
  interactions: z.array(
    z.object({
      request: z.object({ method: z.string(), url: z.string(), body: z.string() }),
      response: z.object({
        code: z.number(),
        body: z.string(),
        headers: z.record(z.string(), z.array(z.string())),
      }),
    }),
  ),
});

/** One recorded request with its answer. */
export interface Recorded {
  readonly file: string;
  readonly endpoint: string;
  readonly path: string;
  readonly sent: unknown;
  readonly status: number;
  readonly received: unknown;
  readonly acceptedScope: string | null;
}

/** `GET /linode/instances/{}/disks`: method and path without version, ids and query. */
export function endpointOf(method: string, path: string): string {
  const bare = decodeURIComponent(path.replace(/\?.*$/, ""))
    .replace(/^\/v4(?:beta)?/, "")
    .replace(/^\/(images|linode\/kernels)\/.+$/, "/$1/{}")
    .replace(/^\/(tags|regions|linode\/types)\/(?!availability$|vpc-availability$)[^/]+/, "/$1/{}")
    .replaceAll(/\/(?:\d+(?:\.\d+){3}|\d+)(?=\/|$)/g, "/{}");
  return `${method} ${bare}`;
}

function json(text: string): unknown {
  return text === "" ? null : JSON.parse(text);
}

/** Every exchange of every recording. */
export function readRecordings(): Recorded[] {
  return readdirSync(recordings)
    .toSorted()
    .flatMap((file) => {
      const { interactions } = cassette.parse(parse(readFileSync(join(recordings, file), "utf8")));
      return interactions.map(({ request, response }) => ({
        file,
        endpoint: endpointOf(request.method, new URL(request.url).pathname),
        path: new URL(request.url).pathname,
        sent: json(request.body),
        status: response.code,
        received: json(response.body),
        acceptedScope: response.headers["X-Accepted-Oauth-Scopes"]?.[0] ?? null,
      }));
    });
}

/** What values at one place look like: their types, and what is inside of objects and lists. */
export interface Shape {
  readonly types: Set<string>;
  readonly fields: Map<string, Shape>;
  items: Shape | null;
}

/** A shape of nothing yet. */
export function emptyShape(): Shape {
  return { types: new Set(), fields: new Map(), items: null };
}

/** Adds a value to what is known of its place. */
export function learn(shape: Shape, value: unknown): void {
  if (Array.isArray(value)) {
    shape.types.add("list");
    for (const item of value) learn((shape.items ??= emptyShape()), item);
  } else if (typeof value === "object" && value !== null) {
    shape.types.add("object");
    for (const [name, inner] of Object.entries(value)) {
      const field = shape.fields.get(name) ?? emptyShape();
      shape.fields.set(name, field);
      learn(field, inner);
    }
  } else shape.types.add(value === null ? "null" : typeof value);
}

/** What one answer is about: each item of a page, or the answer itself. */
export function entities(answer: unknown): readonly unknown[] {
  if (typeof answer !== "object" || answer === null || !("data" in answer) || !("pages" in answer)) return [answer];
  return Array.isArray(answer.data) ? answer.data : [];
}

/** `GET /x`, `GET /x/{}`, `POST /x` and `PUT /x/{}` answer the same kind of thing. */
export function kindOf(endpoint: string): string {
  return endpoint.replace(/^\w+ /, "").replace(/\/\{\}$/, "");
}

/** Differences between the real shape and ours: fields that lack, fields too many, types never recorded. */
export function compareShapes(real: Shape, ours: Shape, path = ""): string[] {
  const found: string[] = [];
  const strangers = [...ours.types].filter((type) => !real.types.has(type));
  const onlyNull = real.types.size === 1 && real.types.has("null");
  if (strangers.length > 0 && !onlyNull) found.push(`${path}: ${strangers.join()} not ${[...real.types].join()}`);
  if (real.fields.size > 0 && ours.fields.size > 0) {
    for (const [name, field] of real.fields) {
      const own = ours.fields.get(name);
      if (own === undefined) found.push(`${path}.${name}: missing`);
      else found.push(...compareShapes(field, own, `${path}.${name}`));
    }
    for (const name of ours.fields.keys()) if (!real.fields.has(name)) found.push(`${path}.${name}: never recorded`);
  }
  if (real.items !== null && ours.items !== null) found.push(...compareShapes(real.items, ours.items, `${path}[]`));
  return found;
}
