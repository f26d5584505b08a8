import { Gauge, Histogram, type Registry } from "prom-client";
import { severities } from "../core/notice.ts";
import type { Round } from "../core/watch.ts";

/** Counts what the watch of this bot sees; series by cluster, of which there are few. */
export function watchMetrics(registry: Registry): (round: Round) => void {
  const registers = [registry];
  const seconds = new Histogram({
    name: "nonet_watch_round_seconds",
    help: "Looks at a whole cluster in the background.",
    buckets: [0.1, 0.25, 0.5, 1, 2, 4, 8, 16],
    registers,
  });
  const silent = new Gauge({
    name: "nonet_watch_silent_nodes",
    help: "Nodes that did not answer the last look of this bot.",
    labelNames: ["cluster"],
    registers,
  });
  const concerns = new Gauge({
    name: "nonet_watch_concerns",
    help: "What is wrong by the last look of this bot, muted or not.",
    labelNames: ["cluster", "severity"],
    registers,
  });
  const last = new Gauge({
    name: "nonet_watch_last_round_timestamp_seconds",
    help: "When this bot looked at a cluster last.",
    labelNames: ["cluster"],
    registers,
  });
  return ({ cluster, at, tookMs, silent: names, open }) => {
    seconds.observe(tookMs / 1000);
    silent.set({ cluster }, names.length);
    last.set({ cluster }, at / 1000);
    for (const severity of severities) {
      concerns.set({ cluster, severity }, open.filter((one) => one.severity === severity).length);
    }
  };
}
