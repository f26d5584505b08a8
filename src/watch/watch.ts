import { toCluster, type Cluster } from "../core/cluster.ts";
import type { Services } from "../core/ports.ts";
import type { Sample } from "../core/series.ts";
import { createSlots } from "../core/slots.ts";
import type { Mutes, Round, Watches } from "../core/watch.ts";
import { beats } from "./beats.ts";
import { openProvider, type Provider } from "./provider.ts";
import { nothingYet, type Recollection, type RoundParts } from "./recollection.ts";
import { lookAround } from "./round.ts";

/** Milliseconds between two looks at what is due. */
const tickMs = 250;
/**
 * Nodes that are asked at once. A look takes a second or less, so 224 places are enough for 900 nodes every five seconds.
 * Nodes that did not answer last have places of their own: however many of them hang, those that answer do not wait.
 */
const places = { sound: 224, silent: 64 };

/** What `nonet.yaml` says of the watch. */
interface WatchSettings {
  /** Seconds between two looks at a cluster. */
  readonly interval: number;
  /** Names of clusters that are not watched. */
  readonly off: readonly string[];
}

/** What the watch works with. */
export interface WatchParts {
  readonly services: Services;
  readonly watches: Watches;
  readonly mutes: Mutes;
  readonly settings: () => WatchSettings;
  /** Keeps numbers over time. `at` in milliseconds since 1970. */
  readonly record: (cluster: string, samples: readonly Sample[], at: number) => Promise<void>;
  readonly onRound: (round: Round) => void;
  readonly onError: (error: unknown, cluster: string | null) => void;
}

/** A watch that goes on in the background. */
export interface Watching {
  /** Begins no further look, and lets those under way come to their end until `patience` is aborted. */
  stop(patience: AbortSignal): Promise<void>;
}

/** Looks at all clusters again and again; a look never overlaps the one before it, and clusters do not wait for one another. */
export function startWatch(parts: WatchParts): Watching {
  const { clock } = parts.services;
  const [stopping, ending] = [new AbortController(), new AbortController()];
  const watcher = new Watcher(parts, ending.signal);
  const loop = async () => {
    while (!stopping.signal.aborted) {
      await watcher.begin().catch((error: unknown) => parts.onError(error, null));
      await clock.sleep(tickMs, stopping.signal).catch(() => undefined);
    }
  };
  const looping = loop();
  return {
    async stop(patience) {
      stopping.abort(new Error("the watch is stopping"));
      const end = () => ending.abort(new Error("the watch has stopped"));
      if (patience.aborted) end();
      else patience.addEventListener("abort", end);
      await looping;
      await watcher.rest();
      patience.removeEventListener("abort", end);
      await parts.watches.release().catch((error: unknown) => parts.onError(error, null));
    },
  };
}

/** Looks at clusters when they are due. */
export class Watcher {
  readonly #parts: WatchParts;
  readonly #signal: AbortSignal;
  readonly #provider: Provider;
  readonly #slots: RoundParts["slots"] = { sound: createSlots(places.sound), silent: createSlots(places.silent) };
  /** Looks under way, by cluster. */
  readonly #looking = new Map<string, Promise<void>>();
  /** When the next look at a cluster is due; milliseconds since 1970. */
  readonly #next = new Map<string, number>();

  constructor(parts: WatchParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
    this.#provider = openProvider(parts.services);
  }

  /** Begins all looks that are due. */
  async begin(): Promise<void> {
    const { services, settings, onError } = this.#parts;
    const { off } = settings();
    for (const name of await services.clusters.list()) {
      const isDue = services.clock.now() >= (this.#next.get(name) ?? 0);
      if (!isDue || this.#looking.has(name) || off.includes(name)) continue;
      const look = this.#look(name)
        .catch((error: unknown) => {
          if (!this.#signal.aborted) onError(error, name);
        })
        .finally(() => this.#looking.delete(name));
      this.#looking.set(name, look);
    }
  }

  /** Resolves once no look is under way. */
  async rest(): Promise<void> {
    await Promise.all(this.#looking.values());
  }

  async #look(name: string): Promise<void> {
    const { services, watches, mutes, settings, record, onRound } = this.#parts;
    const began = services.clock.now();
    this.#next.set(name, began + settings().interval * 1000);
    const cluster = await this.#whole(name);
    if (cluster === undefined || !(await watches.isBuilt(name))) return;
    const memory = await watches.claim(name);
    if (memory === undefined) return;
    const parts: RoundParts = {
      ...{ services, beats, provider: this.#provider, slots: this.#slots, signal: this.#signal },
      busy: () => watches.busy(name),
      mutes: () => mutes.list(name),
    };
    // Only looks write it, also those of an earlier version.
    const before: Recollection = { ...nothingYet, ...(memory as unknown as Recollection | null) };
    const { kept, samples, isUnsure } = await lookAround(parts, cluster, before);
    if (isUnsure) this.#next.set(name, services.clock.now());
    if (!(await watches.keep(name, kept))) return;
    onRound(kept.round);
    await record(name, samples, kept.round.at);
  }

  /** The cluster, while all of it exists. One that was destroyed is forgotten. */
  async #whole(name: string): Promise<Cluster | undefined> {
    const { services, watches } = this.#parts;
    const blueprint = await services.clusters.blueprint(name);
    const inventory = await services.clusters.inventory(name);
    const isGone = Object.keys(inventory?.nodes ?? {}).length === 0;
    if (isGone && (await services.watched.round(name)) !== undefined) {
      this.#provider.forget(name);
      await watches.forget(name);
    }
    return blueprint && inventory && toCluster(blueprint, inventory);
  }
}
