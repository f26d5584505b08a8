import { serve, type ServerType } from "@hono/node-server";
import { Hono } from "hono";
import { OpsError } from "../core/errors.ts";
import type { Report } from "./health.ts";
import type { Metrics } from "./metrics.ts";

/** Where to listen. */
export interface Address {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
}

/** A listener that is open. */
export interface Listener {
  /** `http://127.0.0.1:9322`. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** What else is answered, by path. */
export type Routes = Readonly<Record<string, (request: Request) => Promise<Response>>>;

/**
 * Answers `/healthz` (this process lives), `/readyz` (it can work; 503 and what is wrong when it cannot) and `/metrics`.
 * @throws OpsError `http_unusable` when it cannot listen there.
 */
export async function serveHttp(
  address: Address,
  { registry }: Metrics,
  ready: () => Promise<Report>,
  routes: Routes = {},
): Promise<Listener> {
  const app = new Hono();
  app.get("/healthz", (context) => context.json({ ok: true }));
  app.get("/readyz", async (context) => {
    const report = await ready();
    return context.json(report, report.ok ? 200 : 503);
  });
  app.get("/metrics", async (context) =>
    context.body(await registry.metrics(), 200, { "Content-Type": registry.contentType }),
  );
  for (const [path, answer] of Object.entries(routes)) app.all(path, ({ req }) => answer(req.raw));
  return listen(app.fetch, address, { what: "health and metrics", section: "http" });
}

/**
 * Answers HTTP there. `why` is for what, and the section of `nonet.yaml` that says where.
 * @throws OpsError `http_unusable` when it cannot listen there.
 */
export async function listen(
  fetch: Hono["fetch"],
  address: Address,
  why: { readonly what: string; readonly section: string },
): Promise<Listener> {
  const { server, port } = await open(fetch, address, why);
  return {
    url: `http://${address.host.includes(":") ? `[${address.host}]` : address.host}:${port}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if ("closeAllConnections" in server) server.closeAllConnections();
      await closed;
    },
  };
}

function open(
  ...[fetch, { host, port }, { what, section }]: Parameters<typeof listen>
): Promise<{ server: ServerType; port: number }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname: host, port }, (info) => resolve({ server, port: info.port }));
    server.once("error", (cause) =>
      reject(
        new OpsError({
          code: "http_unusable",
          message: `Cannot listen on ${host} port ${port} for ${what}: ${cause.message}.`,
          hint: `Choose another host or port under ${section}: in nonet.yaml, or stop what listens there.`,
          cause,
        }),
      ),
    );
  });
}
