import { randomUUID } from "node:crypto";
import type { Hours, Notice } from "../core/notice.ts";
import { severities } from "../core/notice.ts";
import { shortId } from "../core/left.ts";
import { counted } from "../core/words.ts";
import { noticeOf } from "./notice-row.ts";
import { show, type RoutesFor } from "./raise.ts";
import type { Row, Sql, Store } from "./store/port.ts";

/** Something that waits at a place for the end of these hours. */
interface Held {
  readonly notice: Notice;
  readonly hours: Hours;
}

/**
 * Tells what was held in quiet hours that are over, one card for each place; forgets what the configuration wants to hear
 * there no more. `now` is in milliseconds since 1970.
 */
export async function releaseHeld(store: Store, routesFor: RoutesFor, now: number): Promise<void> {
  const rows = await store.all(
    "select held_notices.place, hours, notices.* from held_notices join notices on id = notice_id order by first_at, id",
  );
  const over = rows.filter((row) => routeAt(row, routesFor, now)?.quiet == null);
  for (const [place, due] of Map.groupBy(over, (row) => String(row["place"]))) {
    await store.transaction(async (sql) => {
      const held: Held[] = [];
      for (const row of due) if (await take(sql, row)) if (routeAt(row, routesFor, now)) held.push(heldOf(row));
      const [only] = held;
      if (only === undefined) return;
      await show(sql, held.length === 1 ? only.notice : await digest(sql, held, now), place, now);
    });
  }
}

const routeAt = (row: Row, routesFor: RoutesFor, now: number) =>
  routesFor(noticeOf(row), now).find(({ place }) => place === row["place"]);

const heldOf = (row: Row): Held => ({ notice: noticeOf(row), hours: JSON.parse(String(row["hours"])) as Hours });

/** Of several processes one tells it. */
async function take(sql: Sql, row: Row): Promise<boolean> {
  const taken = await sql.get("delete from held_notices where notice_id = ? and place = ? returning place", [
    row["id"] ?? null,
    row["place"] ?? null,
  ]);
  return taken !== undefined;
}

/** Stores the notice that tells of all of them; it is only a list, and each is acknowledged by itself. */
async function digest(sql: Sql, held: readonly Held[], now: number): Promise<Notice> {
  const [first] = held;
  if (first === undefined) throw new TypeError("a digest of nothing");
  const { from, to, timezone } = first.hours;
  const id = randomUUID();
  const severity = severities.findLast((each) => held.some(({ notice }) => notice.severity === each)) ?? "info";
  const rows = held.map(({ notice, hours }) => rowOf(notice, hours));
  const table = JSON.stringify({ columns: ["when", "what", "times", "now", "id"], rows });
  const title = `${counted(held.length, "thing")} happened between ${from} and ${to}`;
  const text = `Times are those of ${timezone}. /notices list shows what nobody has seen yet.`;
  const row = await sql.get(
    `insert into notices (id, key, topic, severity, title, text, listing, first_at, last_at, said_at, open)
       values (?, ?, 'digest', ?, ?, ?, ?, ?, ?, ?, 0) returning *`,
    [id, `digest:${id}`, severity, title, text, table, now, now, now],
  );
  if (row === undefined) throw new TypeError("the digest was not stored");
  return noticeOf(row);
}

function rowOf(notice: Notice, { timezone }: Hours): string[] {
  const when = new Intl.DateTimeFormat("en-GB", { timeZone: timezone, hour: "2-digit", minute: "2-digit" });
  return [when.format(notice.firstAt), notice.title, String(notice.count), standing(notice), shortId(notice.id)];
}

function standing({ severity, acknowledgedBy, resolvedAt }: Notice): string {
  if (resolvedAt !== null) return "resolved";
  return acknowledgedBy === null ? severity : `seen by ${acknowledgedBy}`;
}
