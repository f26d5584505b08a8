import { setTimeout as delay } from "node:timers/promises";
import { OpenWorkflow, type Worker, type Workflow } from "openworkflow";
import type { Backend } from "openworkflow/internal";
import { openPump } from "./pump.ts";
import { untilTheStoreWorks } from "./run.ts";
import type { Store } from "./store/port.ts";

/** How many runs may be under way at once; those that wait for people are not. */
const concurrency = 32;
/** Milliseconds between looks for runs that are to be tried again; whatever is new is taken up at once. */
const pollMs = 5000;

/** The body of every run; `engineId` is what the durable engine calls it. */
export type Body = (runId: string, engineId: string, steps: Steps) => Promise<void>;
type Steps = Parameters<Workflow<unknown, unknown, unknown>["fn"]>[0]["step"];

/** The durable engine at work. */
export interface DurableWorker {
  /** Hands over a run, again and again while the store does not take it; once more for the same run changes nothing. */
  submit(runId: string): Promise<void>;
  /** Wakes the runs that wait for this signal, now or earlier; returns whether there are any. */
  signal(name: string): Promise<boolean>;
  /** From now on takes runs up in the name of this instance. */
  rename(instance: string): void;
  /** Begins to carry out runs; must have a name by then. */
  begin(): void;
  /** Takes up nothing more; what is under way goes on. */
  rest(): Promise<void>;
  /** @throws OpsError `engine_resting` or `engine_stuck`, when no run would be taken up now. */
  check(): void;
  /** Resolves once nothing is under way any more; what is must end by itself. */
  stop(): Promise<void>;
}

/** Opens OpenWorkflow on the store. `onError` takes failures of the store itself. */
export async function openWorker(store: Store, body: Body, onError: (error: unknown) => void): Promise<DurableWorker> {
  const backend = noticing(await store.openBackend(), () => pump.wake());
  const client = new OpenWorkflow({ backend });
  const halt = new AbortController();
  const workflow = client.defineWorkflow<{ runId: string }, null>(
    { name: "run", retryPolicy: untilTheStoreWorks },
    async ({ input, step, run }) => {
      try {
        await body(input.runId, run.id, step);
      } catch (error) {
        // Before that, not even that it is to be tried again could be written, and its lease would have to run out.
        await untilAnswered(store, halt.signal);
        throw error;
      }
      return null;
    },
  );
  const worker = client.newWorker({ concurrency });
  let begun = false;
  const left = new Set<string>();
  const handOver = () => empty(left, (runId) => workflow.run({ runId }, { idempotencyKey: runId }));
  const turn = async () => {
    await handOver();
    return begun && (await worker.tick()) > 0;
  };
  const pump = openPump(turn, pollMs, onError);
  await store.listen(
    "nonet_freed",
    () => pump.wake(),
    () => pump.wake(),
  );
  return {
    submit: async (runId) => {
      left.add(runId);
      // It was admitted, so whoever started it must not hear that it was not.
      await handOver().catch(onError);
      pump.wake();
    },
    signal: async (signal) => {
      const { workflowRunIds } = await client.sendSignal({ signal, idempotencyKey: signal });
      pump.wake();
      return workflowRunIds.length > 0;
    },
    rename: (instance) => name(worker, instance),
    begin: () => {
      begun = true;
      pump.wake();
    },
    rest: pump.stop,
    check: pump.check,
    stop: async () => {
      halt.abort();
      await pump.stop();
      await worker.stop();
      await backend.stop();
    },
  };
}

/** Takes out of a set what `work` succeeded with; what was added meanwhile too. */
async function empty<T>(set: Set<T>, work: (item: T) => Promise<unknown>): Promise<void> {
  for (const item of set) {
    await work(item);
    set.delete(item);
  }
}

/** Resolves once the store answers, or when `signal` is aborted; asks twice a second. */
async function untilAnswered(store: Store, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await store.get("select 1 as one");
      return;
    } catch {
      await delay(500, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Notices when a run leaves its place to others, and may itself have been woken while it fell asleep. */
function noticing(backend: Backend, left: () => void): Backend {
  const leaving = ["completeWorkflowRun", "failWorkflowRun", "sleepWorkflowRun"];
  return new Proxy(backend, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...args: unknown[]): unknown => {
        const done: unknown = Reflect.apply(member, target, args);
        if (typeof name === "string" && leaving.includes(name))
          void Promise.resolve(done).then(() => setImmediate(left), left);
        return done;
      };
    },
  });
}

/** Leases are held under these names, so that those of a dead instance can be told; the library draws its own. */
function name(worker: Worker, instance: string): void {
  (worker as unknown as { workerIds: string[] }).workerIds = Array.from(
    { length: concurrency },
    (_, slot) => `${instance}/${slot}`,
  );
}
