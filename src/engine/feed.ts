import type { RunEvent } from "../core/journal.ts";
import type { Sql, Store } from "./store/port.ts";

/** Told every event once, in order, after it was written. */
export type Listener = (event: RunEvent) => void;

/** Tells what is written into the journal, by whichever process. */
export interface Feed {
  /** The run's journal has this `seq` now. */
  heard(runId: string, seq: number): void;
  /** Tells `listener` what a run has seen so far and then what comes; of all runs (`null`) only what comes. */
  subscribe(runId: string | null, listener: Listener): () => void;
  /** Ends all subscriptions. */
  close(): Promise<void>;
}

interface Subscription {
  readonly runId: string | null;
  readonly listener: Listener;
  /** Last `seq` told, by run. */
  readonly told: Map<string, number>;
  /** Events are told one after the other. */
  last: Promise<void>;
}

/** The events of a run after one of them, in order. */
export async function eventsOf(sql: Sql, runId: string, after = 0): Promise<RunEvent[]> {
  const rows = await sql.all("select seq, at, json from events where run_id = ? and seq > ? order by seq", [
    runId,
    after,
  ]);
  return rows.map((row) => ({
    ...JSON.parse(String(row["json"])),
    runId,
    seq: Number(row["seq"]),
    at: String(row["at"]),
  }));
}

/** Opens the feed; `onError` takes what a listener threw. */
export async function openFeed(store: Store, onError: (error: unknown) => void): Promise<Feed> {
  const subscriptions = new Set<Subscription>();
  /** How far the journal of each run is known to reach. */
  const heads = new Map<string, number>();
  const tell = async (subscription: Subscription, runId: string, seq: number): Promise<void> => {
    const told = subscription.told.get(runId) ?? 0;
    if (seq <= told || !subscriptions.has(subscription)) return;
    for (const event of await eventsOf(store, runId, told)) {
      if (!subscriptions.has(subscription)) return;
      subscription.told.set(runId, event.seq);
      try {
        subscription.listener(event);
      } catch (error) {
        onError(error);
      }
    }
  };
  const later = (subscription: Subscription, runId: string, seq: number): void => {
    if (subscription.runId !== null && subscription.runId !== runId) return;
    subscription.last = subscription.last.then(() => tell(subscription, runId, seq)).catch(onError);
  };
  const heard = (runId: string, seq: number): void => {
    heads.set(runId, Math.max(seq, heads.get(runId) ?? 0));
    for (const subscription of subscriptions) later(subscription, runId, seq);
  };
  const look = async (): Promise<void> => {
    for (const row of await store.all("select id, last_seq from runs"))
      heard(String(row["id"]), Number(row["last_seq"]));
  };
  await look();
  await store.listen(
    "nonet_events",
    (message) => {
      const [runId = "", seq] = message.split(" ");
      heard(runId, Number(seq));
    },
    () => void look().catch(onError),
  );
  return {
    heard,
    subscribe: (runId, listener) => {
      const told = new Map(runId === null ? heads : []);
      const subscription: Subscription = { runId, listener, told, last: Promise.resolve() };
      subscriptions.add(subscription);
      if (runId !== null) later(subscription, runId, Infinity);
      return () => subscriptions.delete(subscription);
    },
    close: async () => {
      const last = [...subscriptions].map((subscription) => subscription.last);
      subscriptions.clear();
      await Promise.all(last);
    },
  };
}
