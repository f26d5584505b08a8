import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import type { HttpBindings, ServerType } from "@hono/node-server";
import { Hono } from "hono";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import type { Hypervisor } from "../hypervisor.ts";
import { defaultRegions } from "./catalog.ts";
import type { Region } from "./catalog.ts";
import type { ApiContext, Faults } from "./context.ts";
import { ApiError, notFound } from "./errors.ts";
import { Jobs } from "./jobs.ts";
import { limitedFault, RateLimiter } from "./limits.ts";
import type { Limit, LimitKind } from "./limits.ts";
import { Power } from "./power.ts";
import { accountRoutes } from "./routes/account.ts";
import { addressRoutes } from "./routes/addresses.ts";
import { catalogRoutes } from "./routes/catalog.ts";
import { configRoutes } from "./routes/configs.ts";
import { diskRoutes } from "./routes/disks.ts";
import { instanceRoutes } from "./routes/instances.ts";
import { maintenanceRoutes } from "./routes/maintenance.ts";
import { placementRoutes } from "./routes/placement.ts";
import { powerRoutes } from "./routes/power.ts";
import { removeLinode } from "./routes/remove.ts";
import { acceptedScope, requireScope } from "./scopes.ts";
import { Store } from "./store.ts";

/** How to start the API. */
export interface ApiOptions {
  readonly hypervisor: Hypervisor;
  /** Holds `api.json` (the account) and, if something plays faults, `faults.json`. */
  readonly stateDir: string;
  /** 0 for any free one. */
  readonly port: number;
  /** May do everything. */
  readonly token: string;
  /** Further tokens with their scopes, such as `linodes:read_only events:read_only`. */
  readonly limitedTokens?: Readonly<Record<string, string>>;
  readonly regions?: readonly Region[];
  readonly limits?: Partial<Record<LimitKind, Limit>>;
  /** How long one artificial stage of a job takes; the machines themselves take as long as they take. */
  readonly stageMs?: number;
  /** How often the watchdog looks. */
  readonly watchMs?: number;
}

/** A running API. */
export interface LabApi {
  /** `http://127.0.0.1:PORT`; the API is below `/v4` and `/v4beta`. */
  readonly url: string;
  close(): Promise<void>;
}

const faultsFile = z.object({
  api: z.enum(["down", "closed", "429"]).nullable().default(null),
  poweredOff: z.array(z.number()).default([]),
  maintenance: z.array(z.object({ id: z.number(), type: z.string(), at: z.number() })).default([]),
});

const nginxDown =
  "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

/** Reads the faults anew at each call; a file that is being written counts as what it was before. */
function faultsReader(stateDir: string): () => Faults {
  const file = join(stateDir, "faults.json");
  const none: Faults = { api: null, poweredOff: [], maintenance: [] };
  let last = none;
  return () => {
    try {
      last = existsSync(file) ? faultsFile.parse(JSON.parse(readFileSync(file, "utf8"))) : none;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    return last;
  };
}

function limitKind(method: string, path: string): LimitKind {
  if (method === "POST" && path === "/linode/instances") return "create";
  if (method === "GET" && path === "/images") return "images";
  const collection =
    /\/(?:instances|disks|configs|events|groups|vlans|maintenance|notifications|regions|availability|types|kernels|tags|ips)$/;
  return method === "GET" && collection.test(path) && !/\/\d+\/ips$/.test(path) ? "list" : "other";
}

/** The part of the path behind the version. */
function barePath(context: Context): string {
  return new URL(context.req.url).pathname.replace(/^\/v4(?:beta)?/, "");
}

/** Finds out who asks; without a token only what everybody may see. */
function authenticate(context: Context, options: ApiOptions): { token: string; scopes: string } {
  const accepted = acceptedScope(context.req.method, barePath(context));
  context.header("X-Accepted-OAuth-Scopes", accepted);
  context.header("X-OAuth-Scopes", "unknown");
  const header = context.req.header("Authorization");
  const open = accepted === "*" && barePath(context) !== "/profile";
  if (header === undefined && open) return { token: "", scopes: "unknown" };
  const token = /^Bearer (\S+)$/i.exec(header ?? "")?.[1];
  const known = token === undefined ? undefined : token === options.token ? "*" : options.limitedTokens?.[token];
  if (token === undefined || known === undefined) throw new ApiError(401, [{ reason: "Invalid Token" }]);
  context.header("X-OAuth-Scopes", known);
  return { token, scopes: known };
}

function answerError(error: Error, context: Context): Response {
  const answer =
    error instanceof ApiError ? error : new ApiError(500, [{ reason: `The lab's API failed: ${error.message}` }]);
  for (const [name, value] of Object.entries(answer.headers)) context.header(name, value);
  return context.json({ errors: answer.errors }, toStatus(answer.status));
}

function toStatus(status: number): ContentfulStatusCode {
  return z.custom<ContentfulStatusCode>((value) => typeof value === "number" && value >= 400).parse(status);
}

/** 405 where the path exists with another method, 404 otherwise. */
function answerUnknown(app: Hono, context: Context): Response {
  const path = barePath(context);
  const exists = app.routes.some(
    (route) =>
      route.method !== "ALL" && new RegExp(`^${route.path.replaceAll(/:\w+(?:\{\.\+\})?/g, "[^/]+")}$`).test(path),
  );
  return exists
    ? context.json({ errors: [{ reason: "Method Not Allowed" }] }, 405)
    : context.json({ errors: notFound().errors }, 404);
}

function buildRoutes(context: ApiContext): Hono {
  const routes = new Hono();
  for (const add of [
    instanceRoutes,
    powerRoutes,
    diskRoutes,
    configRoutes,
    addressRoutes,
    placementRoutes,
    catalogRoutes,
    accountRoutes,
    maintenanceRoutes,
  ])
    add(routes, context);
  return routes;
}

function buildApp(options: ApiOptions, context: ApiContext): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const limiter = new RateLimiter(options.limits ?? {});
  const routes = buildRoutes(context);
  app.use(async (c, next) => {
    const faults = context.faults();
    if (faults.api === "closed") {
      c.env.incoming.socket.destroy();
      return c.body(null);
    }
    if (faults.api === "down") return c.html(nginxDown, 503, { Server: "nginx" });
    if (faults.api === "429") throw limitedFault();
    const path = barePath(c);
    const { token, scopes } = authenticate(c, options);
    for (const [name, value] of Object.entries(limiter.take(token, limitKind(c.req.method, path))))
      c.header(name, value);
    requireScope(scopes, c.req.method, path);
    await next();
    if (c.req.method !== "GET") context.store.commit();
    return undefined;
  });
  app.route("/v4", routes);
  app.route("/v4beta", routes);
  app.onError(answerError);
  app.notFound((c) => answerUnknown(routes, c));
  return app;
}

/** Watches until stopped; returns how to stop. */
function startWatchdog(context: ApiContext, watchMs: number): () => Promise<void> {
  let round: Promise<void> = Promise.resolve();
  let idle = true;
  const timer = setInterval(() => {
    if (!idle) return;
    idle = false;
    round = context.power.watch(context.faults().poweredOff).finally(() => {
      idle = true;
    });
  }, watchMs);
  return async () => {
    clearInterval(timer);
    await round;
  };
}

async function listen(
  app: Hono<{ Bindings: HttpBindings }>,
  port: number,
): Promise<{ server: ServerType; url: string }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port }, (info) => {
      resolve({ server, url: `http://127.0.0.1:${String(info.port)}` });
    });
    server.once("error", reject);
  });
}

/** Starts the API on 127.0.0.1, with the account that the state folder holds. Rejects when the port is taken. */
export async function startApi(options: ApiOptions): Promise<LabApi> {
  const regions = options.regions ?? defaultRegions;
  const store = new Store(options.stateDir);
  const jobs = new Jobs(store, options.stageMs ?? 100);
  const power = new Power(store, jobs, options.hypervisor, regions);
  const faults = faultsReader(options.stateDir);
  const context: ApiContext = { store, jobs, power, hypervisor: options.hypervisor, regions, faults };
  await power.settle();
  for (const linode of store.state.linodes) if (linode.status === "deleting") removeLinode(context, linode);
  const { server, url } = await listen(buildApp(options, context), options.port);
  const stopWatchdog = startWatchdog(context, options.watchMs ?? 2000);
  return {
    url,
    async close() {
      await stopWatchdog();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        if ("closeAllConnections" in server) server.closeAllConnections();
      });
      await jobs.close();
      store.commit();
    },
  };
}
