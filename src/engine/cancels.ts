import { OpsError } from "../core/errors.ts";
import type { Runs } from "./runs.ts";
import type { Store } from "./store/port.ts";

/** Tells the runs that this process carries out when a person cancels them, at whichever process. */
export interface Cancels {
  /** From now on this process carries the run out; returns what is aborted when it is cancelled. */
  open(runId: string): Promise<AbortSignal>;
  close(runId: string): void;
  /** Aborts the run if it was cancelled and is carried out here. */
  look(runId: string): Promise<void>;
}

/** `onError` takes failures of the store. */
export async function openCancels(store: Store, runs: Runs, onError: (error: unknown) => void): Promise<Cancels> {
  const here = new Map<string, AbortController>();
  const look = async (runId: string): Promise<void> => {
    const by = here.has(runId) ? (await runs.find(runId))?.cancelledBy : null;
    if (by !== null && by !== undefined) here.get(runId)?.abort(cancelled(by));
  };
  await store.listen(
    "nonet_cancelled",
    (runId) => void look(runId).catch(onError),
    () => {
      for (const runId of here.keys()) look(runId).catch(onError);
    },
  );
  return {
    open: async (runId) => {
      const controller = new AbortController();
      here.set(runId, controller);
      await look(runId);
      return controller.signal;
    },
    close: (runId) => void here.delete(runId),
    look,
  };
}

function cancelled(actor: string): OpsError {
  return new OpsError({ code: "cancelled", message: `${actor} cancelled it.` });
}
