import type { LatestRuns, RunView } from "../core/journal.ts";
import type { Journal } from "./journal.ts";
import type { Runs } from "./runs.ts";
import { unlessAborted } from "./unless-aborted.ts";

/** How runs are looked at. */
export interface Looks {
  /** `undefined` for a run nobody started. */
  view(runId: string): Promise<RunView | undefined>;
  /** Unfinished runs, oldest first. */
  unfinished(): Promise<RunView[]>;
  /** Of all clusters for `null`. */
  latest(cluster: string | null): Promise<LatestRuns>;
  /** Runs whose id begins like this; no more than a few. */
  beginning(id: string): Promise<RunView[]>;
  /** Resolves with the view of the run once it has ended; rejects with the signal's reason. */
  finished(runId: string, signal: AbortSignal): Promise<RunView>;
}

/** Looks at runs through their journal. */
export function looks(journal: Journal, runs: Runs): Looks {
  const viewsOf = async (ids: readonly string[]) => {
    const views = await Promise.all(ids.map((id) => journal.view(id)));
    return views.filter((view) => view !== undefined);
  };
  return {
    view: (runId) => journal.view(runId),
    unfinished: async () => viewsOf(await runs.unfinished()),
    latest: async (cluster) => {
      const { ids, more } = await runs.latest(cluster);
      return { runs: await viewsOf(ids), more };
    },
    beginning: async (id) => viewsOf(await runs.beginning(id)),
    finished: (runId, signal) => untilFinished(journal, runId, signal),
  };
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
