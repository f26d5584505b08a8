import type { Answer } from "../core/friction.ts";
import type { Reviews } from "../core/reviews.ts";
import { openApprovals } from "./approvals.ts";
import { carry } from "./carry.ts";
import { openCancels } from "./cancels.ts";
import { openDecisions } from "./decisions.ts";
import type { Listener } from "./feed.ts";
import { openFlight, type Flight } from "./flight.ts";
import { joinInstances } from "./instances.ts";
import { openJournal } from "./journal.ts";
import { openOneTimeCodes, type OneTimeCodes } from "./one-time-codes.ts";
import { openReviews } from "./reviews.ts";
import { looks, type Looks } from "./looks.ts";
import { openLines, type Lines } from "./line.ts";
import { openRuns, type Stop } from "./runs.ts";
import { starts, type Starts } from "./starts.ts";
import type { EngineOptions } from "./options.ts";
import { unlessAborted } from "./unless-aborted.ts";
import { openWorker, type Body, type DurableWorker } from "./worker.ts";

/** Durable runs. */
export interface Engine extends Starts, Looks {
  /** Answers an approval. @throws OpsError saying why the answer cannot count. */
  decide(answer: Answer): Promise<void>;
  /**
   * Cancels: ends a run that waits in line, rejects what a run asks, or lets the step at work come to its next safe point
   * and begins no other.
   */
  cancel(runId: string, actor: string): Promise<Stop>;
  /** A person's lock on one cluster, or all: see `Lines`. */
  readonly lock: Lines["lock"];
  readonly unlock: Lines["unlock"];
  readonly reviews: Reviews;
  readonly codes: OneTimeCodes;
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
export async function openEngine(options: EngineOptions<Engine>): Promise<Engine> {
  const { state, services, log, rules } = options;
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
  const own = { journal, runs, approvals, cancels, flight };
  const wake = (signal: string) => worker.signal(signal);
  const body: Body = (...run) =>
    carry(run, { ...options, ...own, closing: closing.signal, self: () => membership.self(), sweep, wake });
  const worker = await openWorker(store, body, onError);
  const codes = openOneTimeCodes(state.vault, now);
  const decisions = openDecisions({ approvals, codes, rules, clock: services.clock, wake, onError });
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
  await sweep();
  const engine: Engine = {
    reviews: openReviews(store, journal, now),
    codes,
    ...starts(runs, options.playbooks),
    decide: (answer) => decisions.decide(answer),
    cancel: async (runId, actor) => {
      const stop = await runs.cancel(runId, actor);
      await cancels.look(runId);
      return (await decisions.withdraw(runId, actor)) ? "at once" : stop;
    },
    lock: lines.lock,
    unlock: lines.unlock,
    ...looks(journal, runs),
    subscribe: (runId, listener) => journal.subscribe(runId, listener),
    check: () => worker.check(),
    drain: (patience) => drain(worker, flight, patience),
    close: async () => {
      closing.abort();
      await decisions.stopped();
      await worker.stop();
      await membership.leave();
      await journal.close();
    },
  };
  await options.observe?.(engine);
  worker.begin();
  decisions.deliver(closing.signal);
  return engine;
}

async function drain(worker: DurableWorker, flight: Flight, patience: AbortSignal): Promise<void> {
  await unlessAborted(patience, Promise.all([flight.land(), worker.rest()])).catch((error: unknown) => {
    if (!patience.aborted) throw error;
  });
}
