import type { Config } from "../config.ts";
import type { Desk } from "../core/desk.ts";
import { Secret } from "../core/secret.ts";
import type { Engine } from "../engine/engine.ts";
import type { State } from "../engine/state.ts";
import { edgeMetrics, type EdgeMetrics } from "../telemetry/edge-metrics.ts";
import { look, type Parts } from "../telemetry/health.ts";
import { serveHttp, type Routes } from "../telemetry/http.ts";
import { logDestination, openLog, type Log } from "../telemetry/log.ts";
import { openMetrics, type Metrics } from "../telemetry/metrics.ts";
import { observe } from "../telemetry/observe.ts";
import { loggedDesk } from "../telemetry/request-log.ts";
import { runLog } from "../telemetry/run-log.ts";
import { runMetrics } from "../telemetry/run-metrics.ts";
import { serviceManager } from "../telemetry/systemd.ts";
import type { Registry } from "./registry.ts";

/** What a bot tells of itself, put together. */
export interface Telemetry {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly edges: EdgeMetrics;
  /** Logs and counts what the engine does. */
  readonly observe: (engine: Engine) => Promise<void>;
  /** Logs and counts what people ask of the desk. */
  desk(desk: Desk): Desk;
  /** Answers HTTP, where it is configured, also on `routes`, and tells systemd that all is open. Returns the URL. */
  open(vital: Parts, ready: Parts, routes: Routes): Promise<string | null>;
  /** The end has begun. */
  stopping(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the log and the metrics of a bot; the tokens and the way to the database are scrubbed from whatever is written. */
export function openTelemetry(config: Config, state: State, { playbooks }: Registry): Telemetry {
  const { linodeToken, databaseUrl, chat } = config;
  const { botToken, appToken, signingSecret } = chat.slack ?? {};
  const ofChat = [botToken, appToken, signingSecret, chat.discord?.token];
  for (const secret of [linodeToken, databaseUrl, passwordOf(databaseUrl), ...ofChat])
    if (secret) state.vault.learn(secret);
  const destination = logDestination(config.stateDir, process.env);
  const log = openLog({ level: config.logLevel, destination, scrub: (text) => state.vault.scrub(text) });
  const metrics = openMetrics();
  const edges = edgeMetrics(metrics.registry);
  const systemd = serviceManager(process.env, log);
  const closers: (() => void | Promise<void>)[] = [];
  return {
    log,
    metrics,
    edges,
    observe: async (engine) => {
      metrics.gauge({
        name: "nonet_runs",
        help: "Unfinished runs by state; waiting is for a person.",
        label: "state",
        read: async () => countStates(await engine.unfinished()),
      });
      metrics.gauge({
        name: "nonet_outbox_age_seconds",
        help: "How long the oldest thing waits that this bot could say in chat; 0 when nothing waits.",
        read: async () => (await engine.outbox.age()) / 1000,
      });
      const names = playbooks.map(({ name }) => name);
      closers.push(await observe(engine, [runLog(log), runMetrics(metrics.registry, names)]));
    },
    desk: (desk) => loggedDesk(desk, log, edges.request),
    open: async (vital, ready, routes) => {
      const report = () => look({ ...vital, ...ready });
      const http = config.http && (await serveHttp(config.http, metrics, report, routes));
      if (http !== null) closers.push(http.close);
      await systemd.ready(() => look(vital));
      log.info(http === null ? "Nonet runs." : `Nonet runs; health and metrics at ${http.url}.`);
      return http?.url ?? null;
    },
    stopping: async () => {
      log.info("Nonet is stopping: it takes no commands and lets the steps under way reach their end.");
      await systemd.stopping();
    },
    close: async () => {
      for (const close of closers.splice(0)) await close();
      log.info("Nonet has stopped.");
    },
  };
}

function passwordOf(url: Secret<string> | null): Secret<string> | null {
  return url && new Secret(decodeURIComponent(new URL(url.reveal()).password));
}

function countStates(views: readonly { readonly state: string }[]): Record<string, number> {
  const counts: Record<string, number> = { queued: 0, running: 0, waiting: 0 };
  for (const { state } of views) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
