import type { Audit } from "../core/audit.ts";
import type { Answer } from "../core/friction.ts";
import type { Reviews } from "../core/reviews.ts";
import type { SignIns } from "../core/sign-in.ts";
import type { Mutes, Watches } from "../core/watch.ts";
import { openApprovals } from "./approvals.ts";
import { carry } from "./carry.ts";
import { openCancels, type Cancels } from "./cancels.ts";
import { openDecisions, type Decisions } from "./decisions.ts";
import type { Listener } from "./feed.ts";
import { openFlight, type Flight } from "./flight.ts";
import { joinInstances } from "./instances.ts";
import { openOneTimeCodes, type OneTimeCodes } from "./one-time-codes.ts";
import { openMutes } from "./mutes.ts";
import { openNotices, type EngineNotices } from "./notices.ts";
import { openReviews } from "./reviews.ts";
import type { Journal } from "./journal.ts";
import { looks, type Looks } from "./looks.ts";
import { openLines, type Lines } from "./line.ts";
import type { Outbox } from "./outbox.ts";
import { openRecords } from "./records.ts";
import { openRuns, type Runs, type Stop } from "./runs.ts";
import { openShows, type Shows } from "./shows.ts";
import { starts, type Starts } from "./starts.ts";
import type { EngineOptions } from "./options.ts";
import { openSignIns } from "./sign-ins.ts";
import type { Store } from "./store/port.ts";
import { unlessAborted } from "./unless-aborted.ts";
import { openWatches } from "./watches.ts";
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
  readonly shows: Shows;
  readonly reviews: Reviews;
  readonly notices: EngineNotices;
  readonly mutes: Mutes;
  readonly watches: Watches;
  readonly codes: OneTimeCodes;
  /** To the web console. */
  readonly signIns: SignIns;
  /** Tells a run's events from its first on; of all runs (`null`) those from now on. Returns what ends it. */
  subscribe(runId: string | null, listener: Listener): () => void;
  /** Every call, decision and step; what is recorded is scrubbed of secrets. */
  readonly audit: Audit;
  readonly outbox: Pick<Outbox, "age">;
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
  const records = await openRecords(options, { now, onError });
  const { journal, audit, outbox } = records;
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
    audit,
    outbox,
    ...openTalk(store, journal, audit, now),
    watches: openWatches(store, journal, () => membership.self().id),
    codes,
    ...starts(runs, options.playbooks),
    decide: (answer) => decisions.decide(answer),
    cancel: (...run) => cancel(run, runs, cancels, decisions),
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
      await records.close();
    },
  };
  await options.observe?.(engine);
  worker.begin();
  decisions.deliver(closing.signal);
  return engine;
}

/** What people have in front of them, and look at. */
function openTalk(
  store: Store,
  journal: Journal,
  audit: Audit,
  now: () => number,
): Pick<Engine, "shows" | "reviews" | "notices" | "mutes" | "signIns"> {
  const reviews = openReviews(store, journal, now);
  const notices = openNotices({ store, journal, reviews }, now);
  const [mutes, signIns] = [openMutes(store, journal, now), openSignIns(store, audit, now)];
  return { shows: openShows(store, journal), reviews, notices, mutes, signIns };
}

/** Marked first, so that a run which is answered meanwhile goes no further. */
async function cancel(run: Parameters<Engine["cancel"]>, runs: Runs, cancels: Cancels, decisions: Decisions) {
  const stop = await runs.cancel(...run);
  await cancels.look(run[0]);
  return (await decisions.withdraw(...run)) ? "at once" : stop;
}

async function drain(worker: DurableWorker, flight: Flight, patience: AbortSignal): Promise<void> {
  await unlessAborted(patience, Promise.all([flight.land(), worker.rest()])).catch((error: unknown) => {
    if (!patience.aborted) throw error;
  });
}
