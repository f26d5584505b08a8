import { expect, it } from "vitest";
import type { Cluster } from "../../src/core/cluster.ts";
import type { Json } from "../../src/core/json.ts";
import type { Clock, Services } from "../../src/core/ports.ts";
import type { Kept, Watches } from "../../src/core/watch.ts";
import { startWatch, type WatchParts } from "../../src/watch/watch.ts";
import { watchedNodes } from "../fakes/watched-nodes.ts";
import { aCluster } from "../fixtures/cluster.ts";

/** Clusters that are looked at with a clock that always says that the next look is due. */
function world(names: readonly string[], hangs: string) {
  const clusters = new Map(names.map((name) => [name, aCluster({ name })]));
  const nodes = new Map([...clusters].map(([name, cluster]) => [name, watchedNodes(cluster)]));
  const [first] = nodes.values();
  if (first === undefined) throw new Error("there is no cluster");
  const reading = { now: 0, most: 0, ended: 0 };
  const released = Promise.withResolvers<void>();
  const fleet: Services["fleet"] = (cluster, node) => {
    const target = nodes.get(cluster)?.reached.fleet(cluster, node);
    if (target === undefined) throw new Error(`there is no cluster ${cluster}`);
    if (cluster !== hangs) return target;
    return {
      ...target,
      async read(facts, patience) {
        reading.now += 1;
        reading.most = Math.max(reading.most, reading.now);
        await Promise.race([
          released.promise,
          new Promise((_, reject) => {
            patience.signal.addEventListener("abort", () => reject(patience.signal.reason as Error));
          }),
        ]).finally(() => (reading.now -= 1));
        reading.ended += 1;
        return target.read(facts, patience);
      },
    };
  };
  const store = {
    list: async () => [...names],
    blueprint: async (name: string) => clusters.get(name)?.blueprint,
    inventory: async (name: string) => inventoryOf(clusters.get(name)),
  };
  let time = 0;
  const clock: Clock = {
    now: () => time,
    sleep: async (milliseconds, signal) => {
      time += milliseconds;
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    },
  };
  const services = { clock, cloud: first.reached.cloud, fleet, clusters: store } as unknown as Services;
  const memories = new Map<string, Json>();
  const kept: string[] = [];
  const watches: Watches = {
    claim: async (name) => memories.get(name) ?? null,
    keep: async (name: string, { memory }: Kept) => {
      memories.set(name, memory);
      kept.push(name);
      return true;
    },
    busy: async () => null,
    isBuilt: async () => true,
    forget: async () => undefined,
    release: async () => undefined,
  };
  const rounds = new Map<string, number>();
  const heard: { readonly name: string; readonly count: number; readonly resolve: () => void }[] = [];
  const parts: WatchParts = {
    ...{ services, watches },
    mutes: { list: async () => [] } as unknown as WatchParts["mutes"],
    settings: () => ({ interval: 5, off: ["quiet"] }),
    record: async () => undefined,
    onRound: ({ cluster }) => {
      rounds.set(cluster, (rounds.get(cluster) ?? 0) + 1);
      for (const { name, count, resolve } of heard) if ((rounds.get(name) ?? 0) >= count) resolve();
    },
    onError: (error) => {
      throw error;
    },
  };
  const until = (name: string, count: number) =>
    new Promise<void>((resolve) => void heard.push({ name, count, resolve }));
  return { parts, rounds, reading, until, release: released.resolve, kept };
}

const inventoryOf = (cluster: Cluster | undefined) =>
  cluster && {
    cluster: cluster.blueprint.name,
    nodes: Object.fromEntries(cluster.nodes.map((node) => [node.name, node])),
    publicAddress: { address: cluster.floating.lb.address, prefix: cluster.floating.lb.prefix },
  };

it("a cluster that hangs delays no other, and no look overlaps the one before", async () => {
  const { parts, rounds, reading, until, release } = world(["slow", "swift", "quiet"], "slow");
  const watching = startWatch(parts);
  await until("swift", 5);
  expect(rounds.get("slow")).toBeUndefined();
  expect(reading.most).toBe(9);
  release();
  await until("slow", 2);
  expect(reading.most).toBe(9);
  await watching.stop(new AbortController().signal);
  expect(rounds.get("quiet")).toBeUndefined();
});

it("stopping waits for the look under way, and for no longer than it is patient", async () => {
  const patient = world(["slow", "swift"], "slow");
  const first = startWatch(patient.parts);
  await patient.until("swift", 1);
  const stopped = first.stop(new AbortController().signal);
  patient.release();
  await stopped;
  expect(patient.kept).toContain("slow");

  const impatient = world(["slow", "swift"], "slow");
  const second = startWatch(impatient.parts);
  await impatient.until("swift", 1);
  const patience = new AbortController();
  const given = second.stop(patience.signal);
  patience.abort();
  await given;
  expect(impatient.kept).not.toContain("slow");
  expect(impatient.reading.now).toBe(0);
});
