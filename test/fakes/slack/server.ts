import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import type { Context } from "hono";
import { Args, readBody, type Body } from "./args.ts";
import { receiveUpload } from "./files.ts";
import type { Links } from "./links.ts";
import type { RateLimits } from "./limits.ts";
import { methods, type Method } from "./methods.ts";
import { limited, Refusal } from "./refusal.ts";
import { answerResponseUrl } from "./response-url.ts";
import type { Shape } from "./shape.ts";
import type { Tokens } from "./tokens.ts";
import type { Troubles } from "./trouble.ts";
import type { Workspace } from "./workspace.ts";

/** One call of the Web API, as it was answered. */
export interface ApiCall {
  readonly method: string;
  readonly args: Shape;
  readonly answer: Shape;
  readonly status: number;
}

/** What the Web API is made of. */
export interface Front {
  readonly world: Workspace;
  readonly tokens: Tokens;
  readonly links: Links;
  readonly limits: RateLimits;
  readonly troubles: Troubles;
  readonly calls: ApiCall[];
  readonly editWindow: number | null;
  /** The stand-in's own address; known once it listens. */
  readonly url: () => string;
  /** The path of a new Socket Mode connection. */
  readonly socketPath: () => string;
}

type FakeContext = Context<{ Bindings: HttpBindings }>;

/** The token from the header, or from a form as Slack still allows it; not from a JSON body. */
function tokenOf(context: FakeContext, { args, isJson }: Body): string | undefined {
  const header = /^Bearer (\S+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
  return header ?? (isJson || typeof args.token !== "string" ? undefined : args.token);
}

function carryOut(front: Front, context: FakeContext, name: string, method: Method, body: Body): Shape {
  const token = front.tokens.check(tokenOf(context, body), method.token);
  context.header("x-oauth-scopes", token === front.tokens.app ? "connections:write" : front.tokens.scopes.join(","));
  context.header("x-accepted-oauth-scopes", method.scopes.join(","));
  front.tokens.needScope(token, method.scopes);
  // A method that reads no JSON sees no arguments in it.
  const args = new Args(body.isJson && !method.json ? {} : body.args);
  front.limits.take(name, method.tier, args.text("channel") ?? "");
  const warnings = [...body.warnings];
  const { world, tokens, links, editWindow } = front;
  const answer = method.run({
    args,
    token,
    world,
    tokens,
    links,
    editWindow,
    url: front.url(),
    openSocket: () => front.url().replace("http:", "ws:") + front.socketPath(),
    warn: (warning) => warnings.push(warning),
  });
  if (warnings.length === 0) return { ok: true, ...answer };
  return { ok: true, ...answer, warning: warnings.join(","), response_metadata: { warnings } };
}

async function answerCall(front: Front, context: FakeContext): Promise<Response> {
  const name = context.req.path.slice("/api/".length);
  const fate = front.troubles.fateOf(name);
  if (fate.kind === "failing") return context.text("upstream connect error", fate.status as 503);
  let args: Shape = {};
  let answer: Shape;
  let status: 200 | 429 = 200;
  try {
    if (fate.kind === "limited") throw limited(fate.retryAfter);
    const method = methods.get(name);
    if (method === undefined) throw new Refusal("unknown_method", { req_method: name });
    const body = await readBody(context.req.raw);
    ({ args } = body);
    answer = carryOut(front, context, name, method, body);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    answer = error.body;
    ({ status } = error);
    for (const [header, value] of Object.entries(error.headers)) context.header(header, value);
  }
  await front.troubles.waitBefore(name);
  front.calls.push({ method: name, args, answer, status });
  front.world.changed();
  if (fate.kind === "lost") return breakOff(context);
  return context.json(answer, status);
}

/** Ends the connection without an answer. */
function breakOff(context: FakeContext): Response {
  context.env.incoming.socket.destroy();
  return context.body(null);
}

/** Everything that the app reaches over HTTP. */
export function apiRoutes(front: Front): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(async (context, next) => {
    const path = context.req.path;
    if (!/^\/(?:api|response|upload)\//.test(path) || !front.troubles.isDown) return next();
    if (front.troubles.fateOf(path).kind === "refused") return breakOff(context);
    return new Promise<Response>(() => {});
  });
  app.all("/api/*", (context) => answerCall(front, context));
  app.post("/upload/:id", async (context) => {
    const wrong = await receiveUpload(front.world, context.req.param("id"), context.req.raw);
    return wrong === null ? context.text("OK") : context.text(wrong, 400);
  });
  app.post("/response/:id", async (context) => {
    const { status, body } = await answerResponseUrl(front, context.req.param("id"), context.req.raw);
    front.world.changed();
    return context.json(body, status);
  });
  return app;
}
