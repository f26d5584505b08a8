import type { DatabaseSync } from "node:sqlite";
import { OpenWorkflow, type Workflow } from "openworkflow";
import { BackendSqlite } from "openworkflow/sqlite";
import { OpsError, toFailure } from "../core/errors.ts";
import { untilTheStoreWorks } from "./run.ts";
import type { Database } from "./store.ts";

/** How many runs may be under way at once, those that wait for people included. */
const concurrency = 32;
/** Milliseconds between looks for runs that are to be tried again; whatever is new is taken up at once. */
const pollMs = 5000;

/** The body of every run; `engineId` is what the durable engine calls it. */
export type Body = (runId: string, engineId: string, steps: Steps) => Promise<void>;
type Steps = Parameters<Workflow<unknown, unknown, unknown>["fn"]>[0]["step"];

/** The durable engine at work. */
export interface DurableWorker {
  /** Hands over a run; once more for the same run changes nothing. */
  submit(runId: string): Promise<void>;
  /** Begins to carry out runs, those of an earlier process first. */
  begin(): void;
  /** Takes up nothing more; what is under way goes on. */
  rest(): Promise<void>;
  /** @throws OpsError `engine_resting` or `engine_stuck`, when no run would be taken up now. */
  check(): void;
  /** Resolves once nothing is under way any more; what is must end by itself. */
  stop(): Promise<void>;
}

/**
 * Opens OpenWorkflow on the store. Its process must be the only one that does: leases of earlier ones are void.
 * `onError` takes failures of the store itself.
 */
export function openWorker(database: Database, body: Body, onError: (error: unknown) => void): DurableWorker {
  const backend = BackendSqlite.connect(database.path);
  // Its handle is private and waits for nobody; without this a backup of the file makes writes fail.
  (backend as unknown as { db: DatabaseSync }).db.exec("pragma busy_timeout = 5000");
  database.sql
    .prepare(
      `update workflow_runs set worker_id = null, available_at = ?
       where status in ('pending', 'running', 'sleeping')`,
    )
    .run(new Date().toISOString());
  const client = new OpenWorkflow({ backend });
  const workflow = client.defineWorkflow<{ runId: string }, null>(
    { name: "run", retryPolicy: untilTheStoreWorks },
    async ({ input, step, run }) => {
      await body(input.runId, run.id, step);
      return null;
    },
  );
  const worker = client.newWorker({ concurrency });
  const pump = openPump(async () => (await worker.tick()) > 0, onError);
  return {
    submit: async (runId) => {
      await workflow.run({ runId }, { idempotencyKey: runId });
      pump.wake();
    },
    begin: () => pump.wake(),
    rest: pump.stop,
    check: pump.check,
    stop: async () => {
      await pump.stop();
      await worker.stop();
      await backend.stop();
    },
  };
}

/** Calls `turn` when woken and every few seconds, never twice at once, and again at once after one that did something. */
function openPump(turn: () => Promise<boolean>, onError: (error: unknown) => void) {
  const halt = new AbortController();
  let woken = false;
  let turning: Promise<void> | undefined;
  let turnedAt = performance.now();
  let failure: unknown;
  const spin = async () => {
    while (woken && !halt.signal.aborted) {
      woken = false;
      try {
        if (await turn()) woken = true;
        failure = undefined;
      } catch (error) {
        failure = error;
        onError(error);
      }
      turnedAt = performance.now();
    }
    turning = undefined;
  };
  const wake = () => {
    woken = true;
    turning ??= spin();
  };
  const timer = setInterval(wake, pollMs);
  return {
    wake,
    check: () => {
      if (halt.signal.aborted) throw new OpsError({ code: "engine_resting", message: "It takes no runs any more." });
      const silentMs = performance.now() - turnedAt;
      if (failure === undefined && silentMs < 4 * pollMs) return;
      throw new OpsError({
        code: "engine_stuck",
        message:
          failure === undefined
            ? `It has not looked for runs for ${Math.round(silentMs / 1000)} s.`
            : `It could not look for runs: ${toFailure(failure).message}`,
        cause: failure,
      });
    },
    stop: async () => {
      halt.abort();
      clearInterval(timer);
      await turning;
    },
  };
}
