import { fenced } from "../core/fence.ts";
import type { RunFact } from "../core/journal.ts";
import type { Playbook } from "../core/playbook.ts";
import type { Services } from "../core/ports.ts";
import { openApprovals, type Approvals, type Decision } from "./approvals.ts";
import { openCancels, type Cancels } from "./cancels.ts";
import { execute, type Execution } from "./execute.ts";
import type { Listener } from "./feed.ts";
import { openFlight, type Flight } from "./flight.ts";
import { joinInstances, type Instance } from "./instances.ts";
import { NotHeld, openJournal, type Hold, type Journal } from "./journal.ts";
import { DurableRun } from "./run.ts";
import { looks, type Looks } from "./looks.ts";
import { openLines, type Lines } from "./line.ts";
import { openRuns, type Runs, type Stop } from "./runs.ts";
import { starts, type Starts } from "./starts.ts";
import type { State } from "./state.ts";
import { unlessAborted } from "./unless-aborted.ts";
import { openWorker, type Body, type DurableWorker } from "./worker.ts";

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
  /** Whether anybody but the requester could approve this risk on this cluster, at this moment. */
  readonly hasSecondPerson: Execution["hasSecondPerson"];
  /** Stands for the store wherever nodes remember who changed them; one word. */
  readonly storeId: string;
  /** Called before the first run is taken up, so that a subscription made in it misses nothing. */
  readonly observe?: (engine: Engine) => Promise<void>;
}

/** Durable runs. */
export interface Engine extends Starts, Looks {
  /** Answers an approval. @throws OpsError saying why the answer cannot count. */
  decide(decision: Decision): Promise<void>;
  /**
   * Cancels: ends a run that waits in line, rejects what a run asks, or lets the step at work come to its next safe point
   * and begins no other.
   */
  cancel(runId: string, actor: string): Promise<Stop>;
  /** A person's lock on one cluster, or all: see `Lines`. */
  readonly lock: Lines["lock"];
  readonly unlock: Lines["unlock"];
  /** Tells a run's events from its first on; of all runs (`null`) those from now on. Returns what ends it. */
  subscribe(runId: string | null, listener: Listener): () => void;
  /** @throws OpsError `engine_resting` or `engine_stuck`, when no run would be taken up now. */
  check(): void;
  /**
   * Begins no further step; resolves once none is under way or `patience` is aborted. Runs that wait for a person are
   * not waited for. To be followed by `close`.
   */
  drain(patience: AbortSignal): Promise<void>;
  /** Stops at once; what is under way is taken up by another instance, or at the next start. */
  close(): Promise<void>;
}

/** Opens the engine and takes up what an earlier process left unfinished. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { state, services, log } = options;
  const { store } = state;
  const now = () => services.clock.now();
  const onError = (error: unknown) => log.error({ err: error }, "the engine failed");
  const journal = await openJournal(store, { now, scrub: (text) => state.vault.scrub(text), onError });
  const begin = (runId: string) => worker.submit(runId);
  const lines = openLines(journal, begin, now);
  const runs = openRuns({ store, journal, lines, begin, now });
  const approvals = openApprovals(store, journal, services.clock);
  const cancels = await openCancels(store, runs, onError);
  const closing = new AbortController();
  const flight = openFlight();
  const body: Body = (...run) =>
    carry(run, { ...options, journal, runs, approvals, cancels, flight, closing: closing.signal, self, sweep });
  const worker = await openWorker(store, body, onError);
  const sweep = async () => {
    await lines.sweep();
    for (const id of await runs.unfinished("begun")) await begin(id);
  };
  const membership = await joinInstances(store, {
    home: state.home,
    named: (id) => worker.rename(id),
    freed: sweep,
    onError,
  });
  const self = () => membership.self();
  await sweep();
  const engine: Engine = {
    ...starts(runs, options.playbooks),
    decide: (decision) => approvals.decide(decision),
    cancel: async (runId, actor) => {
      if (await approvals.withdraw(runId, actor)) return "at once";
      const stop = await runs.cancel(runId, actor);
      await cancels.look(runId);
      return stop;
    },
    lock: lines.lock,
    unlock: lines.unlock,
    ...looks(journal, runs),
    subscribe: (runId, listener) => journal.subscribe(runId, listener),
    check: () => worker.check(),
    drain: (patience) => drain(worker, flight, patience),
    close: async () => {
      closing.abort();
      await worker.stop();
      await membership.leave();
      await journal.close();
    },
  };
  await options.observe?.(engine);
  worker.begin();
  return engine;
}

async function drain(worker: DurableWorker, flight: Flight, patience: AbortSignal): Promise<void> {
  await unlessAborted(patience, Promise.all([flight.land(), worker.rest()])).catch((error: unknown) => {
    if (!patience.aborted) throw error;
  });
}

/** What the body of a run works with. */
interface Parts extends EngineOptions {
  readonly journal: Journal;
  readonly runs: Runs;
  readonly approvals: Approvals;
  readonly cancels: Cancels;
  readonly flight: Flight;
  readonly closing: AbortSignal;
  readonly self: () => Instance;
  /** Hands over whatever has begun and was not. */
  readonly sweep: () => Promise<void>;
}

/** Carries a run out for as long as it is this instance's to carry out. */
async function carry([id, engineId, durable]: Parameters<Body>, parts: Parts): Promise<void> {
  const { journal, runs, state, services, storeId, hasSecondPerson, playbooks } = parts;
  const { id: instance, lost } = parts.self();
  const turn = await runs.adopt(id, engineId, instance);
  // It ended, but perhaps this process failed before it could hand over the next.
  if (turn === undefined) return parts.sweep();
  const lose = new AbortController();
  const hold: Hold = { instance, turn, lose: () => lose.abort(new NotHeld(id)) };
  const halted = AbortSignal.any([parts.closing, lost, lose.signal]);
  const cancelled = await parts.cancels.open(id);
  try {
    const record = await runs.find(id);
    const before = await journal.view(id);
    if (record === undefined || before === undefined) throw new TypeError(`there is no run ${id}`);
    const write = (fact: RunFact) => journal.append(id, fact, hold);
    await write({ kind: "run.started", resumed: before.state !== "queued" });
    const { actor } = record;
    const scrub = (text: string) => state.vault.scrub(text);
    const shared = { halted, cancelled, flight: parts.flight };
    const fleet = fenced((...node) => services.fleet(...node), { run: id, turn, by: storeId, actor });
    const own = { ...shared, id, actor, services: { ...services, fleet }, view: before };
    const run = new DurableRun({ ...own, durable, record: write, scrub });
    const playbook = playbooks.find(({ name }) => name === record.playbook);
    const { approvals } = parts;
    await unlessAborted(halted, execute({ ...shared, record, run, hold, playbook, runs, approvals, hasSecondPerson }));
  } finally {
    parts.cancels.close(id);
  }
}
