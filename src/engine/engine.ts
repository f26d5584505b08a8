import { OpsError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { RunView } from "../core/journal.ts";
import type { Playbook } from "../core/playbook.ts";
import type { Answer } from "../core/friction.ts";
import type { Reviews } from "../core/reviews.ts";
import { openApprovals } from "./approvals.ts";
import { carry } from "./carry.ts";
import { openCancels } from "./cancels.ts";
import { openDecisions } from "./decisions.ts";
import type { Listener } from "./feed.ts";
import { openFlight, type Flight } from "./flight.ts";
import { joinInstances } from "./instances.ts";
import { openJournal, type Journal } from "./journal.ts";
import { openOneTimeCodes, type OneTimeCodes } from "./one-time-codes.ts";
import { openReviews } from "./reviews.ts";
import { openLines, type Lines } from "./line.ts";
import { openRuns, type Runs, type Stop } from "./runs.ts";
import type { EngineOptions } from "./options.ts";
import { unlessAborted } from "./unless-aborted.ts";
import { openWorker, type Body, type DurableWorker } from "./worker.ts";

/** Durable runs. */
export interface Engine {
  /**
   * Starts a run, or joins the unfinished one that changes the same cluster with the same playbook and input. One that
   * changes a cluster waits in line until those before it have ended and no person locks the cluster.
   * @throws OpsError `bad_input`.
   */
  start<I extends object>(
    playbook: Playbook<I>,
    input: I,
    actor: string,
  ): Promise<{ readonly runId: string; readonly joined: boolean }>;
  /**
   * Starts what a run was started for once more; `link` says that it carries that run on.
   * @throws OpsError `no_such_playbook` or `bad_input` when this Nonet no longer knows such runs.
   */
  again(view: RunView, actor: string, link: boolean): Promise<{ readonly runId: string; readonly joined: boolean }>;
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
  /** `undefined` for a run nobody started. */
  view(runId: string): Promise<RunView | undefined>;
  /** Unfinished runs, oldest first. */
  unfinished(): Promise<RunView[]>;
  /** Unfinished runs, oldest first, then the last that ended, newest first; of all clusters for `null`. */
  latest(cluster: string | null): Promise<RunView[]>;
  /** Runs whose id begins like this; no more than a few. */
  beginning(id: string): Promise<RunView[]>;
  /** Tells a run's events from its first on; of all runs (`null`) those from now on. Returns what ends it. */
  subscribe(runId: string | null, listener: Listener): () => void;
  /** Resolves with the view of the run once it has ended; rejects with the signal's reason. */
  finished(runId: string, signal: AbortSignal): Promise<RunView>;
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
    finished: (runId, signal) => untilFinished(journal, runId, signal),
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

/** How runs are looked at. */
function looks(journal: Journal, runs: Runs): Pick<Engine, "view" | "unfinished" | "latest" | "beginning"> {
  const viewsOf = async (ids: readonly string[]) => {
    const views = await Promise.all(ids.map((id) => journal.view(id)));
    return views.filter((view) => view !== undefined);
  };
  return {
    view: (runId) => journal.view(runId),
    unfinished: async () => viewsOf(await runs.unfinished()),
    latest: async (cluster) => viewsOf(await runs.latest(cluster)),
    beginning: async (id) => viewsOf(await runs.beginning(id)),
  };
}

/** How runs are started. */
function starts(runs: Runs, playbooks: readonly Playbook[]): Pick<Engine, "start" | "again"> {
  return {
    start: async (playbook, input, actor) => {
      const { id, joined } = await admit(runs, playbook, input, { actor, resumes: null });
      return { runId: id, joined };
    },
    again: async (view, actor, link) => {
      const playbook = playbooks.find(({ name }) => name === view.playbook);
      if (playbook === undefined) throw noSuchPlaybook(view.playbook);
      const { id, joined } = await admit(runs, playbook, view.input, { actor, resumes: link ? view.id : null });
      return { runId: id, joined };
    },
  };
}

async function admit<I extends object>(
  runs: Runs,
  playbook: Playbook<I>,
  input: unknown,
  by: { readonly actor: string; readonly resumes: string | null },
) {
  const parsed = playbook.input.safeParse(input);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "input"}: ${message}`);
    throw new OpsError({ code: "bad_input", message: `${problems.join("; ")}.` });
  }
  const { name, version, risk } = playbook;
  const plain: Json = JSON.parse(JSON.stringify(parsed.data));
  return runs.admit({ playbook: name, version, risk, cluster: playbook.cluster(parsed.data), input: plain, ...by });
}

function noSuchPlaybook(name: string): OpsError {
  return new OpsError({
    code: "no_such_playbook",
    message: `This Nonet has no playbook ${name} any more.`,
    state: "Nothing was started.",
    hint: "/help lists what there is.",
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
  const view = await journal.view(runId);
  if (view === undefined) throw new TypeError(`there is no run ${runId}`);
  return view;
}
