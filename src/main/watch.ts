import type { Config } from "../config.ts";
import type { Services } from "../core/ports.ts";
import type { Engine } from "../engine/engine.ts";
import type { State } from "../engine/state.ts";
import { watchMetrics } from "../telemetry/watch-metrics.ts";
import { startWatch, type Watching } from "../watch/watch.ts";
import type { Telemetry } from "./telemetry.ts";

/** The watch of a bot. */
interface Watch extends Watching {
  /** Looks at all clusters from now on. */
  begin(): void;
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
    begin() {
      watching ??= startWatch({
        ...{ services, watches, mutes, onRound },
        settings: () => current().watch,
        record: (...samples) => state.series.add(...samples),
        onError: (error, cluster) => log.error({ err: error, cluster }, "the watch could not look"),
      });
    },
    async stop(patience) {
      await watching?.stop(patience);
      await state.series.flush().catch((error: unknown) => log.error({ err: error }, "the last numbers were not kept"));
    },
  };
}
