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
  const { server, port } = await listen(app, address);
  return {
    url: `http://${address.host.includes(":") ? `[${address.host}]` : address.host}:${port}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if ("closeAllConnections" in server) server.closeAllConnections();
      await closed;
    },
  };
}

function listen(app: Hono, { host, port }: Address): Promise<{ server: ServerType; port: number }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port }, (info) => resolve({ server, port: info.port }));
    server.once("error", (cause) =>
      reject(
        new OpsError({
          code: "http_unusable",
          message: `Cannot listen on ${host} port ${port} for health and metrics: ${cause.message}.`,
          hint: "Choose another host or port under http: in nonet.yaml, or stop what listens there.",
          cause,
        }),
      ),
    );
  });
}
