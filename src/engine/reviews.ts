import { OpsError } from "../core/errors.ts";
import type { Review, Reviews } from "../core/reviews.ts";
import type { Journal } from "./journal.ts";
import type { Row, Store } from "./store/port.ts";

/** Opens the reviews. `now` is in milliseconds since 1970. */
export function openReviews(store: Store, journal: Journal, now: () => number): Reviews {
  return {
    open: async () => {
      const rows = await store.all("select * from reviews where acknowledged_by is null order by at, id");
      return rows.map(review);
    },
    acknowledge: (id, actor) =>
      journal.transaction(async (page) => {
        const found = await page.get(
          `update reviews set acknowledged_by = ?, acknowledged_at = ?
           where id = ? and acknowledged_by is null and actor <> ? returning *`,
          [actor, new Date(now()).toISOString(), id, actor],
        );
        if (found === undefined) throw whyNot(await page.get("select * from reviews where id = ?", [id]), id);
        await page.append(String(found["run_id"]), { kind: "glass.acknowledged", review: id, actor });
        return review(found);
      }),
  };
}

function review(row: Row): Review {
  return {
    id: String(row["id"]),
    runId: String(row["run_id"]),
    actor: String(row["actor"]),
    reason: String(row["reason"]),
    at: String(row["at"]),
  };
}

function whyNot(row: Row | undefined, id: string): OpsError {
  const by = row?.["acknowledged_by"] ?? null;
  if (row === undefined || by !== null) {
    return new OpsError({
      code: "no_such_review",
      message: row === undefined ? `There is no review ${id}.` : `${String(by)} has acknowledged it already.`,
      hint: "/reviews list shows what is open.",
    });
  }
  return new OpsError({
    code: "own_review",
    message: "You broke this glass yourself; somebody else must acknowledge it.",
    state: "The review stays open.",
  });
}
