import type { Config } from "../config.ts";
import type { Services } from "../core/ports.ts";
import type { Engine } from "../engine/engine.ts";
import type { State } from "../engine/state.ts";
import { watchMetrics } from "../telemetry/watch-metrics.ts";
import { startWatch, type Watching } from "../watch/watch.ts";
import type { Telemetry } from "./telemetry.ts";

/** The watch of a bot. */
interface Watch {
  /** Looks at all clusters from now on; resolves as what goes on beside it. */
  beside<T>(what: Promise<T>): Promise<T>;
  /** Begins no further look, and waits for those under way until `patience` is aborted. */
  drain(patience: AbortSignal): Promise<void>;
}

/** Puts it together. */
export function openWatch(parts: {
  readonly state: State;
  readonly services: Services;
  readonly engine: Engine;
  readonly current: () => Config;
  readonly telemetry: Telemetry;
}): Watch {
  const { state, services, engine, current, telemetry } = parts;
  const { watches, mutes } = engine;
  const { log, metrics } = telemetry;
  const onRound = watchMetrics(metrics.registry);
  let watching: Watching | undefined;
  return {
    beside(what) {
      watching ??= startWatch({
        ...{ services, watches, mutes, onRound },
        settings: () => current().watch,
        record: (...samples) => state.series.add(...samples),
        onError: (error, cluster) => log.error({ err: error, cluster }, "the watch could not look"),
      });
      return what;
    },
    async drain(patience) {
      await watching?.stop(patience);
      await state.series.flush().catch((error: unknown) => log.error({ err: error }, "the last numbers were not kept"));
    },
  };
}
