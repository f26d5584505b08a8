import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { barePath } from "./body.ts";
import { DiscordError, refusals } from "./errors.ts";
import type { Fault, Faults } from "./faults.ts";
import type { BucketKind } from "./limits.ts";
import { tooManyRequests } from "./limits.ts";
import { accountRoutes } from "./routes/account.ts";
import { commandRoutes } from "./routes/commands.ts";
import { interactionRoutes } from "./routes/interactions.ts";
import { messageRoutes } from "./routes/messages.ts";
import { threadRoutes } from "./routes/threads.ts";
import type { Setting } from "./setting.ts";

/** One request of the bot and how it was answered. */
export interface Exchange {
  readonly method: string;
  /** Behind `/api/v10`, with the query. */
  readonly path: string;
  readonly status: number;
  /** Discord's error code; null without an error. */
  readonly code: number | null;
  /** In milliseconds since 1970. */
  readonly at: number;
}

/** What the REST API needs beside what its routes need. */
export interface ServerOptions {
  readonly setting: Setting;
  readonly faults: Faults;
  readonly acceptsToken: (token: string) => boolean;
  readonly wrong: (line: string) => void;
  readonly exchanged: (exchange: Exchange) => void;
}

type App = Hono<{ Bindings: HttpBindings }>;

/** Which bucket a request counts in, and what of its path has a window of its own. */
function bucketOf(method: string, path: string): [kind: BucketKind, major: string] {
  const [, first = "", second = "", third = ""] = path.split("/");
  if (first === "webhooks") return ["webhook", `${second}/${third}`];
  if (first !== "channels") return ["other", `${first} ${second}`];
  if (method === "POST" && path.endsWith("/threads")) return ["thread", second];
  if (method === "POST" && path.endsWith("/messages")) return ["create", second];
  if (method === "PATCH" && third === "messages") return ["edit", second];
  return ["other", second];
}

function hangUp(context: Context<{ Bindings: HttpBindings }>): Response {
  context.env.incoming.socket.destroy();
  return context.body(null);
}

/** Plays a fault before anything happens; null to go on. */
async function play(fault: Fault | null, context: Context<{ Bindings: HttpBindings }>): Promise<Response | null> {
  if (fault?.kind === "down") return hangUp(context);
  if (fault?.kind === "storm") throw tooManyRequests(fault.retryAfterMs, fault.scope);
  if (fault?.kind === "slow") await fault.until;
  if (fault?.kind === "error") return context.html(`<html><title>${String(fault.status)}</title></html>`, fault.status);
  return null;
}

/** Interactions carry their own token; everything else needs the bot's. */
function authenticate(context: Context, { acceptsToken, setting, wrong }: ServerOptions): Record<string, string> {
  const path = barePath(context);
  if (!/^DiscordBot \(.+, .+\)/.test(context.req.header("user-agent") ?? ""))
    wrong(`${context.req.method} ${path}: the User-Agent is not "DiscordBot (url, version)"`);
  if (path.startsWith("/interactions/")) return {};
  if (!path.startsWith("/webhooks/")) {
    const token = /^Bot (\S+)$/.exec(context.req.header("authorization") ?? "")?.[1];
    if (token === undefined || !acceptsToken(token)) throw refusals.unauthorized();
    setting.limits.takeGlobal();
  }
  return setting.limits.take(...bucketOf(context.req.method, path));
}

function answerError(error: Error, context: Context, wrong: (line: string) => void): Response {
  if (!(error instanceof DiscordError)) {
    wrong(`the stand-in itself failed: ${error.stack ?? error.message}`);
    return context.json({ message: `The stand-in failed: ${error.message}`, code: 0 }, 500);
  }
  if (error.code === 50035)
    wrong(`${context.req.method} ${barePath(context)}: ${JSON.stringify(error.body["errors"])}`);
  for (const [name, value] of Object.entries(error.headers)) context.header(name, value);
  return context.json(error.body, error.status as ContentfulStatusCode);
}

/** The REST API below `/api/v10`. */
export function buildApi(options: ServerOptions): App {
  const { setting, faults, exchanged, wrong } = options;
  const routes = new Hono();
  for (const add of [accountRoutes, commandRoutes, threadRoutes, messageRoutes, interactionRoutes])
    add(routes, setting);
  const app: App = new Hono<{ Bindings: HttpBindings }>();
  app.use("/api/v10/*", async (c, next) => {
    const path = barePath(c);
    const { method } = c.req;
    const fault = faults.take(method, path);
    if (setting.limits.banned) return c.text("error code: 1015", 429, { "Retry-After": "600", Server: "cloudflare" });
    const response = await play(fault, c);
    if (response !== null) return response;
    for (const [name, value] of Object.entries(authenticate(c, options))) c.header(name, value);
    await next();
    return fault?.kind === "lost" ? hangUp(c) : undefined;
  });
  app.route("/api/v10", routes);
  app.onError((error, c) => answerError(error, c, wrong));
  const outer: App = new Hono<{ Bindings: HttpBindings }>();
  outer.use(async (c, next) => {
    await next();
    const url = new URL(c.req.url);
    const scope = c.res.headers.get("x-ratelimit-scope");
    setting.limits.countAnswer(c.res.status, scope);
    const body: unknown =
      c.res.status >= 400
        ? await c.res
            .clone()
            .json()
            .catch(() => null)
        : null;
    const code = typeof body === "object" && body !== null ? Number(Reflect.get(body, "code")) : null;
    const path = url.pathname.replace(/^\/api\/v10/, "") + url.search;
    exchanged({ method: c.req.method, path, status: c.res.status, code, at: setting.now() });
  });
  outer.route("/", app);
  outer.notFound((c) => answerError(refusals.notFound(), c, wrong));
  return outer;
}
