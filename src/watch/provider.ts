import type { Cluster } from "../core/cluster.ts";
import type { Told } from "../core/fact.ts";
import type { Services } from "../core/ports.ts";
import { askProvider } from "../look/look.ts";
import type { ProviderLook } from "../policy/truth/seen.ts";
import { inTime } from "./in-time.ts";

/** Milliseconds between two questions to the provider, who counts them for all clusters of an account. */
const everyMs = 60_000;
/** Milliseconds after which its last word says nothing any more. */
const staleMs = 5 * 60_000;
/** Milliseconds it may take: a node that is gone has to be told of soon, whether or not the provider answers. */
const patienceMs = 2000;

/** What the provider says of clusters, asked no oftener than it is needed. */
export interface Provider {
  /** Its last word; asked for a new one when that is old, or at once when it is `urgent`. */
  ask(cluster: Cluster, signal: AbortSignal, urgent: boolean): Promise<Told<ProviderLook>>;
  forget(cluster: string): void;
}

/** Opens it. */
export function openProvider(services: Pick<Services, "cloud" | "clock">): Provider {
  const words = new Map<string, { readonly at: number; readonly value: ProviderLook }>();
  return {
    async ask(cluster, signal, urgent) {
      const { name } = cluster.blueprint;
      const now = services.clock.now();
      const last = words.get(name);
      if (last !== undefined && !urgent && now - last.at < everyMs) return { known: true, value: last.value };
      const told = await inTime(signal, patienceMs, (context) => askProvider(services, cluster, context));
      if (told.known) words.set(name, { at: now, value: told.value });
      else if (last !== undefined && now - last.at < staleMs) return { known: true, value: last.value };
      return told;
    },
    forget: (cluster) => void words.delete(cluster),
  };
}
