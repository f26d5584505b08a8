import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Cloud } from "../../src/core/cloud.ts";
import type { RunEvent } from "../../src/core/journal.ts";
import type { Plan, Risk } from "../../src/core/plan.ts";
import type { Playbook } from "../../src/core/playbook.ts";
import type { Clock, Services } from "../../src/core/ports.ts";
import { openEngine, type Engine } from "../../src/engine/engine.ts";
import type { EngineOptions } from "../../src/engine/options.ts";
import { openState, type Place, type State } from "../../src/engine/state.ts";

/** A cloud nobody may call. */
const noCloud = new Proxy({} as Cloud, {
  get: () => {
    throw new Error("the engine's tests have no cloud");
  },
});

/** Time that passes only when a test says so. */
class FakeClock implements Clock {
  #now = Date.parse("2026-01-01T00:00:00Z");
  readonly #sleepers = new Set<{ until: number; wake: () => void }>();

  now = () => this.#now;

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sleeper = { until: this.#now + milliseconds, wake: resolve };
    this.#sleepers.add(sleeper);
    signal.addEventListener("abort", () => reject(signal.reason as unknown));
    if (signal.aborted) reject(signal.reason as unknown);
    if (milliseconds <= 0) resolve();
    return promise.finally(() => this.#sleepers.delete(sleeper));
  }

  pass(milliseconds: number): void {
    this.#now += milliseconds;
    for (const sleeper of this.#sleepers) if (sleeper.until <= this.#now) sleeper.wake();
  }
}

export const Input = z.object({ cluster: z.string() });
export type Input = z.infer<typeof Input>;

/** A playbook for tests; `run` is what matters. */
export function testPlaybook(parts: Partial<Playbook<Input>> & Pick<Playbook<Input>, "run">): Playbook<Input> {
  return { name: "test", version: 1, input: Input, risk: "reversible", cluster: ({ cluster }) => cluster, ...parts };
}

/** A plan that creates one node. */
export function testPlan(risk: Risk, cluster: string, fingerprint = "facts"): Plan {
  return {
    playbook: "test",
    version: 1,
    cluster,
    input: { cluster },
    risk,
    summary: "One node is created.",
    creates: [{ node: "db1", label: `${cluster}-db1`, region: "us-ord", type: "g6-nanode-1", monthlyUsd: 5 }],
    changes: [],
    deletes: [],
    monthlyUsd: 5,
    usualSeconds: null,
    fingerprint,
  };
}

export const freshDir = (): string => mkdtempSync(join(tmpdir(), "nonet-engine-"));

/** A new state folder for another instance on the same store. */
export const beside = (place: Place): Place => ({ ...place, stateDir: freshDir() });

export interface World {
  readonly state: State;
  readonly services: Services;
  readonly engine: Engine;
  readonly clock: FakeClock;
  readonly close: () => Promise<void>;
}

interface Options {
  readonly place: Place;
  readonly rules?: Partial<EngineOptions["rules"]>;
  readonly clock?: FakeClock;
  readonly mouths?: EngineOptions["mouths"];
  readonly routesFor?: EngineOptions["routesFor"];
  readonly onChatFailure?: EngineOptions["onChatFailure"];
  /** What is not as in a world without nodes. */
  readonly reached?: Partial<Services>;
}

/** alice and bob may approve everything. */
const team: EngineOptions["rules"] = {
  approvers: () => ["alice", "bob"],
  mayApprove: () => true,
  needsCode: () => false,
  breakGlass: () => false,
};

/** The key of all stores in tests. */
export const key = "ab".repeat(32);

/** Routes for topics that are told at these places at once. */
export const heardAt =
  (heard: Partial<Record<string, readonly string[]>>): EngineOptions["routesFor"] =>
  ({ topic }) =>
    (heard[topic] ?? []).map((place) => ({ place, quiet: null, mention: [] }));

/** An engine on this store. */
export async function openWorld(
  playbooks: readonly Playbook<Input>[],
  { place, rules = {}, clock = new FakeClock(), mouths = [], routesFor = () => [], onChatFailure, reached }: Options,
): Promise<World> {
  const state = await openState(place, { NONET_KEY: key }, clock.now);
  const services: Services = {
    cloud: noCloud,
    fleet: () => {
      throw new Error("the engine's tests have no nodes");
    },
    clusters: state.clusters,
    sights: state.sights,
    series: state.series,
    watched: state.watched,
    vault: state.vault,
    clock,
    outside: { scan: async () => null },
    ...reached,
  };
  const log = { error: (context: object, message: string) => console.error(message, context) };
  const engine = await openEngine({
    state,
    services,
    playbooks,
    log,
    rules: { ...team, ...rules },
    storeId: "store",
    mouths,
    routesFor,
    ...(onChatFailure && { onChatFailure }),
  });
  const close = async () => {
    await engine.close();
    await state.close();
  };
  return { state, services, engine, clock, close };
}

/** The first event of this kind in the run, from its beginning or when it comes. */
export function eventOf<K extends RunEvent["kind"]>(
  engine: Engine,
  runId: string,
  kind: K,
  count = 1,
): Promise<Extract<RunEvent, { kind: K }>> {
  const { promise, resolve } = Promise.withResolvers<Extract<RunEvent, { kind: K }>>();
  let seen = 0;
  engine.subscribe(runId, (event) => {
    if (event.kind === kind && (seen += 1) === count) resolve(event as Extract<RunEvent, { kind: K }>);
  });
  return promise;
}

/** A signal that is never aborted. */
export const never = new AbortController().signal;
