import { OpsError } from "../core/errors.ts";
import { fenced } from "../core/fence.ts";
import type { Json } from "../core/json.ts";
import type { RunView } from "../core/journal.ts";
import type { Playbook } from "../core/playbook.ts";
import type { Services } from "../core/ports.ts";
import { openApprovals, type Decision } from "./approvals.ts";
import { execute } from "./execute.ts";
import { openJournal, type Journal, type Listener } from "./journal.ts";
import { DurableRun } from "./run.ts";
import { openRuns, type Runs } from "./runs.ts";
import type { State } from "./state.ts";
import { openWorker, type Body } from "./worker.ts";

/** Where the engine says what no run can: the shape of pino. */
interface Log {
  error(context: object, message: string): void;
}

/** What an engine is made of. */
export interface EngineOptions {
  /** Stays open when the engine closes. */
  readonly state: State;
  readonly services: Services;
  readonly playbooks: readonly Playbook[];
  readonly log: Log;
  /** Whether more than one person is configured, so that a second one can be asked. */
  readonly secondPerson: boolean;
  /** Stands for the store wherever nodes remember who changed them; one word. */
  readonly storeId: string;
}

/** Durable runs. */
export interface Engine {
  /**
   * Starts a run, or joins the unfinished one that changes the same cluster with the same playbook and input.
   * @throws OpsError `bad_input` or `cluster_locked`.
   */
  start<I extends object>(
    playbook: Playbook<I>,
    input: I,
    actor: string,
  ): Promise<{ readonly runId: string; readonly joined: boolean }>;
  /** Answers an approval. @throws OpsError saying why the answer cannot count. */
  decide(decision: Decision): void;
  /** Cancels: rejects what the run waits for, or lets the step at work come to its next safe point and begins no other. */
  cancel(runId: string, actor: string): void;
  /** `undefined` for a run nobody started. */
  view(runId: string): RunView | undefined;
  /** Unfinished runs, oldest first. */
  unfinished(): RunView[];
  /** Tells a run's events from its first on; of all runs (`null`) those from now on. Returns what ends it. */
  subscribe(runId: string | null, listener: Listener): () => void;
  /** Resolves with the view of the run once it has ended; rejects with the signal's reason. */
  finished(runId: string, signal: AbortSignal): Promise<RunView>;
  /** Stops at once; what is under way is taken up at the next start. */
  close(): Promise<void>;
}

/** Opens the engine and takes up what an earlier process left unfinished. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { state, services, log, storeId } = options;
  const now = () => services.clock.now();
  const onError = (error: unknown) => log.error({ err: error }, "the engine failed");
  const scrub = (text: string) => state.vault.scrub(text);
  const journal = openJournal(state.database, { now, scrub, onError });
  const runs = openRuns(state.database, journal, now);
  const approvals = openApprovals(state.database, journal, services.clock);
  const closing = new AbortController();
  const cancels = new Map<string, AbortController>();

  const body: Body = async (id, engineId, steps) => {
    const record = runs.find(id);
    if (record === undefined || record.finished || !runs.adopt(id, engineId)) return;
    const cancel = new AbortController();
    if (record.cancelledBy !== null) cancel.abort(cancelled(record.cancelledBy));
    cancels.set(id, cancel);
    journal.append(id, { kind: "run.started", resumed: (journal.view(id)?.state ?? "queued") !== "queued" });
    const signals = { closing: closing.signal, cancelled: cancel.signal };
    const { actor } = record;
    // One process has the store to itself and no run ever changes hands, so all turns are alike.
    const fleet = fenced((...node) => services.fleet(...node), { run: id, turn: 1, by: storeId, actor });
    const parts = { ...signals, id, actor, services: { ...services, fleet }, journal, durable: steps, scrub };
    const run = new DurableRun(parts);
    const playbook = options.playbooks.find(({ name }) => name === record.playbook);
    const { secondPerson } = options;
    try {
      await unlessAborted(
        closing.signal,
        execute({ ...signals, record, run, playbook, runs, approvals, secondPerson }),
      );
    } finally {
      cancels.delete(id);
    }
  };

  const worker = openWorker(state.database, body, onError);
  for (const id of runs.unfinished()) await worker.submit(id);
  worker.begin();
  return {
    start: async (playbook, input, actor) => {
      const { id, joined } = admit(runs, playbook, input, actor);
      if (!joined) await worker.submit(id);
      return { runId: id, joined };
    },
    decide: (decision) => approvals.decide(decision),
    cancel: (runId, actor) => {
      if (approvals.withdraw(runId, actor)) return;
      runs.cancel(runId, actor);
      cancels.get(runId)?.abort(cancelled(actor));
    },
    view: (runId) => journal.view(runId),
    unfinished: () => runs.unfinished().flatMap((id) => journal.view(id) ?? []),
    subscribe: (runId, listener) => journal.subscribe(runId, listener),
    finished: (runId, signal) => untilFinished(journal, runId, signal),
    close: async () => {
      closing.abort();
      await worker.stop();
    },
  };
}

function admit<I extends object>(runs: Runs, playbook: Playbook<I>, input: I, actor: string) {
  const parsed = playbook.input.safeParse(input);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "input"}: ${message}`);
    throw new OpsError({ code: "bad_input", message: `${problems.join("; ")}.` });
  }
  const { name, version, risk } = playbook;
  const plain: Json = JSON.parse(JSON.stringify(parsed.data));
  return runs.admit({ playbook: name, version, risk, cluster: playbook.cluster(parsed.data), input: plain, actor });
}

function cancelled(actor: string): OpsError {
  return new OpsError({
    code: "cancelled",
    message: `${actor} cancelled it.`,
    state: "What was done until then stays done.",
    hint: "Start the command again: it carries on from what it finds.",
  });
}

async function untilFinished(journal: Journal, runId: string, signal: AbortSignal): Promise<RunView> {
  const end = Promise.withResolvers<void>();
  const unsubscribe = journal.subscribe(runId, ({ kind }) => kind === "run.finished" && end.resolve());
  try {
    await unlessAborted(signal, end.promise);
  } finally {
    unsubscribe();
  }
  const view = journal.view(runId);
  if (view === undefined) throw new TypeError(`there is no run ${runId}`);
  return view;
}

/** The promise, or a rejection with the signal's reason as soon as it is aborted. */
async function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason as unknown);
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
