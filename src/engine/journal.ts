import { isFinished, project, type RunView } from "../core/journal.ts";
import { eventsOf, openFeed, type Listener } from "./feed.ts";
import { openPage, type Page, type PageOptions } from "./page.ts";
import type { Store } from "./store/port.ts";

export { NotHeld, scrubDeep, type Hold, type Page } from "./page.ts";

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

interface Options extends PageOptions {
  /** Called after each transaction. */
  readonly written: () => void;
  readonly onError: (error: unknown) => void;
}

/** Opens the journal; `onError` takes what a listener threw. */
export async function openJournal(store: Store, options: Options): Promise<Journal> {
  const feed = await openFeed(store, options.onError);
  /** Views of runs that go on, so that each look at one reads only what is new. */
  const views = new Map<string, RunView>();
  const transaction: Journal["transaction"] = async (work) => {
    const [value, lines] = await store.transaction(async (sql) => {
      const { page, close } = openPage(sql, options);
      return [await work(page), await close()] as const;
    });
    for (const { runId, seq } of lines) feed.heard(runId, seq);
    options.written();
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
