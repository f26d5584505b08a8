import { isFinished, project, type RunFact, type RunView } from "../core/journal.ts";
import { eventsOf, openFeed, type Listener } from "./feed.ts";
import type { Store, Transaction } from "./store/port.ts";

/** The right to carry a run out. Whoever takes the run up later has a higher turn, and this one has lost it. */
export interface Hold {
  readonly instance: string;
  readonly turn: number;
  /** Called when it turns out to be lost: whatever was done with it must stop. */
  lose(): void;
}

/** A transaction that also writes into the journal. */
export interface Page extends Transaction {
  /**
   * Writes one event, scrubbed of secrets; what the run itself has to say only while `hold` is good.
   * @throws NotHeld when it is not: nothing may be written.
   */
  append(runId: string, fact: RunFact, hold?: Hold): Promise<void>;
}

/** The record of all runs; append-only. */
export interface Journal {
  append: Page["append"];
  /** All of `work`'s writes or none; listeners are told once they are there. */
  transaction<T>(work: (page: Page) => Promise<T>): Promise<T>;
  /** `undefined` for a run nobody started. */
  view(runId: string): Promise<RunView | undefined>;
  /** Tells `listener` what a run has seen so far and then what comes; of all runs (`null`) only what comes. */
  subscribe(runId: string | null, listener: Listener): () => void;
  /** Ends all subscriptions. */
  close(): Promise<void>;
}

/** The run is another's, or ended. */
export class NotHeld extends Error {
  constructor(runId: string) {
    super(`run ${runId} was taken up by another process`);
    this.name = "NotHeld";
  }
}

/** Opens the journal. `now` is in milliseconds since 1970; `onError` takes what a listener threw. */
export async function openJournal(
  store: Store,
  options: { now: () => number; scrub: (text: string) => string; onError: (error: unknown) => void },
): Promise<Journal> {
  const feed = await openFeed(store, options.onError);
  /** Views of runs that go on, so that each look at one reads only what is new. */
  const views = new Map<string, RunView>();
  const write = async (sql: Transaction, runId: string, fact: RunFact, hold?: Hold): Promise<number> => {
    // Counts and checks at once, and lets nobody else write for this run before the transaction ends.
    const row = await sql.get(
      `update runs set last_seq = last_seq + 1 where id = ?
       ${hold === undefined ? "" : "and outcome is null and instance = ? and turn = ?"} returning last_seq`,
      hold === undefined ? [runId] : [runId, hold.instance, hold.turn],
    );
    if (row === undefined) {
      hold?.lose();
      throw new NotHeld(runId);
    }
    const seq = Number(row["last_seq"]);
    const at = new Date(options.now()).toISOString();
    const clean = JSON.stringify(scrubDeep(fact, options.scrub));
    await sql.run("insert into events values (?, ?, ?, ?)", [runId, seq, at, clean]);
    await sql.announce("nonet_events", `${runId} ${seq}`);
    return seq;
  };
  const transaction: Journal["transaction"] = async (work) => {
    const written: [runId: string, seq: number][] = [];
    const value = await store.transaction((sql) =>
      work({
        ...sql,
        append: async (runId, fact, hold) => void written.push([runId, await write(sql, runId, fact, hold)]),
      }),
    );
    for (const [runId, seq] of written) feed.heard(runId, seq);
    return value;
  };
  return {
    transaction,
    append: (runId, fact, hold) => transaction((page) => page.append(runId, fact, hold)),
    view: async (runId) => {
      const before = views.get(runId);
      const news = await eventsOf(store, runId, before?.seq);
      // Somebody else may have looked meanwhile and seen more.
      const known = views.get(runId) ?? before;
      const view = news.reduce<RunView | undefined>(project, known);
      if (view === undefined || isFinished(view)) views.delete(runId);
      else views.set(runId, view);
      return view;
    },
    subscribe: (runId, listener) => feed.subscribe(runId, listener),
    close: () => feed.close(),
  };
}

/** The same data with `scrub` applied to every text in it. */
export function scrubDeep<T>(value: T, scrub: (text: string) => string): T {
  return JSON.parse(JSON.stringify(value), (_key, part: unknown) => (typeof part === "string" ? scrub(part) : part));
}
