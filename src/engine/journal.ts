import { isFinished, project, type RunEvent, type RunFact, type RunView } from "../core/journal.ts";
import type { Database } from "./store.ts";

/** Told every event once, in order, after it was written. */
export type Listener = (event: RunEvent) => void;

/** The record of all runs; append-only. */
export interface Journal {
  /** Writes one event, scrubbed of secrets. */
  append(runId: string, fact: RunFact): void;
  events(runId: string): RunEvent[];
  /** `undefined` for a run nobody started. */
  view(runId: string): RunView | undefined;
  /** Tells `listener` what a run has seen so far and then what comes; of all runs (`null`) only what comes. */
  subscribe(runId: string | null, listener: Listener): () => void;
}

interface Subscription {
  readonly runId: string | null;
  readonly listener: Listener;
  /** Last `seq` told; of no use for a subscription to all runs. */
  seq: number;
}

/** Opens the journal. `now` is in milliseconds since 1970; `onError` takes what a listener threw. */
export function openJournal(
  { sql }: Database,
  options: { now: () => number; scrub: (text: string) => string; onError: (error: unknown) => void },
): Journal {
  const subscriptions = new Set<Subscription>();
  const tell = (subscription: Subscription, event: RunEvent) => {
    if (subscription.runId !== null && (subscription.runId !== event.runId || event.seq <= subscription.seq)) return;
    subscription.seq = event.seq;
    try {
      subscription.listener(event);
    } catch (error) {
      options.onError(error);
    }
  };
  /** Views of runs that go on, so that each look at one reads only what is new. */
  const views = new Map<string, RunView>();
  const events = (runId: string, after = 0): RunEvent[] =>
    sql
      .prepare("select seq, at, json from events where run_id = ? and seq > ? order by seq")
      .all(runId, after)
      .map((row) => ({ ...JSON.parse(String(row["json"])), runId, seq: Number(row["seq"]), at: String(row["at"]) }));
  return {
    append: (runId, fact) => {
      const clean = scrubDeep(fact, options.scrub);
      const at = new Date(options.now()).toISOString();
      const row = sql
        .prepare(
          "insert into events select ?, coalesce(max(seq), 0) + 1, ?, ? from events where run_id = ? returning seq",
        )
        .get(runId, at, JSON.stringify(clean), runId);
      const event: RunEvent = { ...clean, runId, seq: Number(row?.["seq"]), at };
      // Later, because the transaction this may be part of is not committed yet.
      queueMicrotask(() => {
        for (const subscription of subscriptions) tell(subscription, event);
      });
    },
    events,
    view: (runId) => {
      const known = views.get(runId);
      const view = events(runId, known?.seq).reduce<RunView | undefined>(project, known);
      if (view === undefined || isFinished(view)) views.delete(runId);
      else views.set(runId, view);
      return view;
    },
    subscribe: (runId, listener) => {
      const subscription: Subscription = { runId, listener, seq: 0 };
      subscriptions.add(subscription);
      if (runId !== null) for (const event of events(runId)) tell(subscription, event);
      return () => subscriptions.delete(subscription);
    },
  };
}

/** The same data with `scrub` applied to every text in it. */
export function scrubDeep<T>(value: T, scrub: (text: string) => string): T {
  return JSON.parse(JSON.stringify(value), (_key, part: unknown) => (typeof part === "string" ? scrub(part) : part));
}
