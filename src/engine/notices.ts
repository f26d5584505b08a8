import { OpsError } from "../core/errors.ts";
import type { Notice, Notices, Raised } from "../core/notice.ts";
import type { Reviews } from "../core/reviews.ts";
import type { Journal } from "./journal.ts";
import { noticeOf } from "./notice-row.ts";
import { acknowledge } from "./raise.ts";
import { reviewOf } from "./run-notices.ts";
import type { Row, Store } from "./store/port.ts";

/** Milliseconds what waits for nobody any more is kept. */
const keptMs = 30 * 24 * 3600 * 1000;

/** What people are told without having asked. */
export interface EngineNotices extends Notices {
  /** Something happened that is no event of a run. */
  raise(raised: Raised): Promise<void>;
  /** What was raised under this key is right again; does nothing when nothing was. */
  resolve(key: string): Promise<void>;
}

/** Opens them. `now` is in milliseconds since 1970. */
export function openNotices(
  { store, journal, reviews }: { readonly store: Store; readonly journal: Journal; readonly reviews: Reviews },
  now: () => number,
): EngineNotices {
  const find = async (id: string) => noticed(await store.get("select * from notices where id = ?", [id]));
  return {
    raise: (raised) => journal.transaction((page) => page.notice(raised)),
    resolve: (key) => journal.transaction((page) => page.resolve(key)),
    open: async () => {
      const rows = await store.all("select * from notices where open = 1 and severity <> 'info' order by first_at, id");
      return rows.map(noticeOf);
    },
    beginning: async (id) =>
      (await store.all("select * from notices where id like ? limit 5", [`${id}%`])).map(noticeOf),
    under: async ({ place, messageId }) =>
      noticed(
        await store.get(
          `select notices.* from notices join outbox on notice_id = notices.id
             where outbox.message_id = ? and outbox.place = ? and outbox.kind = 'notice'`,
          [messageId, place],
        ),
      ),
    acknowledge: async (id, actor) => {
      const notice = await find(id);
      const review = notice && reviewOf(notice);
      if (review !== undefined && notice?.open === true) {
        await reviews.acknowledge(review, actor);
      } else {
        await journal.transaction(async (page) => {
          const seen = await acknowledge(page, { id }, actor, now());
          if (seen === undefined) throw whyNot(noticed(await page.get("select * from notices where id = ?", [id])), id);
          const { cluster, key } = seen;
          page.audit({ kind: "notice.acknowledged", actor, cluster, data: { notice: id, key } });
        });
      }
      const seen = await find(id);
      if (seen === undefined) throw whyNot(seen, id);
      return seen;
    },
  };
}

const noticed = (row: Row | undefined): Notice | undefined => (row === undefined ? undefined : noticeOf(row));

function whyNot(notice: Notice | undefined, id: string): OpsError {
  const hint = "/notices list shows what nobody has seen yet.";
  if (notice === undefined) {
    return new OpsError({ code: "no_such_notice", message: `There is no notice ${id}.`, hint });
  }
  const { acknowledgedBy, resolvedAt, severity, topic } = notice;
  const why =
    acknowledgedBy !== null
      ? `${acknowledgedBy} has seen it already.`
      : resolvedAt !== null
        ? "It is resolved; there is nothing to be done about it."
        : severity === "info" || topic === "digest"
          ? "It is only news; nobody waits for a word about it."
          : "It has happened again since; acknowledge the newer notice.";
  return new OpsError({ code: "not_open", message: why, hint });
}

/** Forgets what waits for nobody any more and is old. `now` in milliseconds since 1970. */
export async function forgetNotices(store: Store, now: number): Promise<void> {
  const before = now - keptMs;
  await store.run("delete from notices where last_at < ? and (open = 0 or severity = 'info')", [before]);
  await store.run("delete from held_notices where notice_id not in (select id from notices)");
}
