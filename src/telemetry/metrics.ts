import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { OpsError } from "../core/errors.ts";

/** A number, or several told apart by a label, that is read whenever somebody looks. */
interface GaugeSpec {
  /** `nonet_outbox_age_seconds`. */
  readonly name: string;
  readonly help: string;
  /** What the keys of `read` are; their number must be small. */
  readonly label: string;
  readonly read: () => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>;
}

/** All metrics of one bot. */
export interface Metrics {
  readonly registry: Registry;
  /**
   * Adds a gauge; for those who know a number that no event tells: an outbox its age, a chat adapter its rate limits.
   * @throws OpsError `bad_metric` when the name is taken.
   */
  gauge(spec: GaugeSpec): void;
}

/** Metrics of the process and its event loop (`process_*`, `nodejs_*`), and room for those of Nonet (`nonet_*`). */
export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    gauge: ({ name, help, label, read }) => {
      if (registry.getSingleMetric(name) !== undefined) {
        throw new OpsError({ code: "bad_metric", message: `There is a metric ${name} already.` });
      }
      const gauge = new Gauge({
        name,
        help,
        labelNames: [label],
        registers: [registry],
        collect: async () => {
          gauge.reset();
          // A number that cannot be read now is left out; it must not hide the others.
          const values = await Promise.try(read).catch(() => ({}));
          for (const [key, value] of Object.entries(values)) gauge.set({ [label]: key }, value);
        },
      });
    },
  };
}
