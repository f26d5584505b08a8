import { Refusal, refuseFor } from "./refusal.ts";
import { isShape, type Shape } from "./shape.ts";

/** The arguments of a call, with the kindness Slack has for forms: everything may come as text. */
export class Args {
  readonly all: Shape;

  constructor(all: Shape) {
    this.all = all;
  }

  /** A text; a number counts as one, an empty one as absent. */
  text(name: string): string | undefined {
    const value = this.all[name];
    if (typeof value === "number") return String(value);
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  /** Throws `invalid_arguments` when it is absent. */
  need(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw refuseFor("invalid_arguments", [`missing required field: ${name}`]);
    return value;
  }

  flag(name: string): boolean {
    const value = this.all[name];
    return value === true || value === "true" || value === "1" || value === 1;
  }

  has(name: string): boolean {
    return this.all[name] !== undefined && this.all[name] !== null && this.all[name] !== "";
  }

  /** A structure, which a form carries as JSON text. `undefined` when absent; throws `code` when it is no JSON. */
  json(name: string, code: string): unknown {
    if (!this.has(name)) return undefined;
    const value = this.all[name];
    if (typeof value !== "string") return value;
    try {
      const parsed: unknown = JSON.parse(value);
      return parsed;
    } catch {
      throw new Refusal(code);
    }
  }
}

/** What the body says, and what Slack warns about. */
export interface Body {
  readonly args: Shape;
  readonly isJson: boolean;
  readonly warnings: readonly string[];
}

/** Reads a body as Slack's front does (docs.slack.dev/apis/web-api, "POST bodies"), with its errors. */
export async function readBody(request: Request): Promise<Body> {
  const query = Object.fromEntries(new URL(request.url).searchParams);
  const type = request.headers.get("content-type") ?? "";
  const kind = type.split(";")[0]?.trim().toLowerCase() ?? "";
  if (request.method === "GET") return { args: query, isJson: false, warnings: [] };
  if (kind === "application/json") {
    const warnings = /charset=/i.test(type) ? [] : ["missing_charset"];
    return { args: { ...query, ...parseJson(await request.text()) }, isJson: true, warnings };
  }
  if (kind === "application/x-www-form-urlencoded") {
    const warnings = /charset=/i.test(type) ? ["superfluous_charset"] : [];
    return {
      args: { ...query, ...Object.fromEntries(new URLSearchParams(await request.text())) },
      isJson: false,
      warnings,
    };
  }
  if (kind === "multipart/form-data") {
    const form = await request.formData().catch(() => {
      throw new Refusal("invalid_form_data");
    });
    return { args: { ...query, ...Object.fromEntries(form) }, isJson: false, warnings: [] };
  }
  if ((await request.text()) === "") return { args: query, isJson: false, warnings: [] };
  throw new Refusal(kind === "" ? "missing_post_type" : "invalid_post_type");
}

function parseJson(text: string): Shape {
  if (text === "") return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Refusal("invalid_json");
  }
  if (!isShape(parsed)) throw new Refusal("json_not_object");
  return parsed;
}
