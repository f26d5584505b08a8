import type { Place } from "../core/mouth.ts";
import type { Journal } from "./journal.ts";
import type { Store } from "./store/port.ts";

/** What people have in front of them. */
export interface Shows {
  /** From now on this place is shown the card of the run as well. */
  readonly show: (runId: string, place: Place) => Promise<void>;
  /** The id of the message that is the card of the run at this place; `null` when there is none (yet). */
  readonly messageOf: (runId: string, place: Place) => Promise<string | null>;
  /** Somebody has opened all of a plan that is too long for its card. */
  readonly planOpened: (approvalId: string, actor: string) => Promise<void>;
  readonly hasOpened: (approvalId: string, actor: string) => Promise<boolean>;
}

/** Opens it. */
export function openShows(store: Store, journal: Journal): Shows {
  return {
    show: (runId, place) => journal.transaction((page) => page.tell(runId, place)),
    messageOf: async (runId, place) => {
      const row = await store.get("select message_id from outbox where run_id = ? and place = ? and kind = 'card'", [
        runId,
        place,
      ]);
      const id = row?.["message_id"] ?? null;
      return id === null ? null : String(id);
    },
    planOpened: (approvalId, actor) =>
      store.run("insert into plan_views values (?, ?) on conflict (approval_id, actor) do nothing", [
        approvalId,
        actor,
      ]),
    hasOpened: async (approvalId, actor) =>
      (await store.get("select 1 as seen from plan_views where approval_id = ? and actor = ?", [approvalId, actor])) !==
      undefined,
  };
}
