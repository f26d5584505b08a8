import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { OpsError } from "../core/errors.ts";

/** One number, or several by the value of a label; how many must be small. */
type Reading = number | Readonly<Record<string, number>>;

/** What is read whenever somebody looks. */
interface GaugeSpec {
  /** `nonet_outbox_age_seconds`. */
  readonly name: string;
  readonly help: string;
  /** What the keys of `read` are, when there are several. */
  readonly label?: string;
  readonly read: () => Reading | Promise<Reading>;
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
    gauge: ({ name, help, label = "", read }) => {
      if (registry.getSingleMetric(name) !== undefined) {
        throw new OpsError({ code: "bad_metric", message: `There is a metric ${name} already.` });
      }
      const gauge = new Gauge({
        name,
        help,
        labelNames: label === "" ? [] : [label],
        registers: [registry],
        collect: async () => {
          gauge.reset();
          // A number that cannot be read now is left out, and is not the 0 of `reset`; it must not hide the others.
          if (label === "") gauge.remove();
          const values = await Promise.try(read).catch((): Reading => ({}));
          if (typeof values === "number") gauge.set(values);
          else for (const [key, value] of Object.entries(values)) gauge.set({ [label]: key }, value);
        },
      });
    },
  };
}
