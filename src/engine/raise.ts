import { randomUUID } from "node:crypto";
import type { Place } from "../core/mouth.ts";
import type { About, Ending, Notice, Raised, Route } from "../core/notice.ts";
import { utcMinute } from "../core/words.ts";
import { noticeOf } from "./notice-row.ts";
import type { Row, Sql } from "./store/port.ts";

const minuteMs = 60_000;
/** Milliseconds what repeats only counts on one card; then it is told anew, because an old card is out of sight. */
const togetherMs = { info: 60 * minuteMs, others: 24 * 60 * minuteMs };
/** Milliseconds between two lines below a card that say that it has happened again. */
const repeatMs = 15 * minuteMs;

/** How the configuration of this moment routes a notice. `at` is in milliseconds since 1970. */
export type RoutesFor = (about: About, at: number) => readonly Route[];

/** When something happens, and who is told. */
export interface Teller {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly routesFor: RoutesFor;
}

/**
 * Stores that something happened, and what must be said of it. Part of a transaction, before its last writes: it locks
 * the notices of this key.
 */
export async function raise(sql: Sql, raised: Raised, { at, routesFor }: Teller): Promise<void> {
  await followOld(sql, raised.key, at);
  const row = await store(sql, raised, at);
  const notice = noticeOf(row);
  const shown = await placesOf(sql, notice.id);
  const routes = await wanted(sql, notice, routesFor(notice, at));
  for (const { place, quiet } of routes) {
    if (shown.has(place)) continue;
    if (quiet === null) await show(sql, notice, place, at);
    else {
      await sql.run("insert into held_notices values (?, ?, ?) on conflict (notice_id, place) do nothing", [
        ...[notice.id, place, JSON.stringify(quiet)],
      ]);
    }
  }
  if (shown.size > 0) await changed(sql, notice, at);
  const loud = routes.filter(({ quiet }) => quiet === null);
  await sayAgain(sql, row, loud, at);
  if (notice.severity === "critical") await call(sql, notice, loud, at);
}

/** What has been told long ago counts no further. */
async function followOld(sql: Sql, key: string, at: number): Promise<void> {
  const old = await sql.get(
    `update notices set open = 0, seq = seq + 1 where key = ? and open = 1
       and first_at < case when severity = 'info' then cast(? as bigint) else cast(? as bigint) end returning *`,
    [key, at - togetherMs.info, at - togetherMs.others],
  );
  if (old !== undefined) await changed(sql, noticeOf(old), at);
}

/** A new row, or one more in the one that is open; the newest words and the highest severity count. */
async function store(sql: Sql, raised: Raised, at: number): Promise<Row> {
  const { topic, key, severity, cluster, title, text, facts = [], actions = [], next = [] } = raised;
  const { actor = null, runId = null } = raised;
  const row = await sql.get(
    `insert into notices (id, key, topic, severity, cluster, title, text, facts, actions, offers, actor, run_id, first_at,
       last_at, said_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (key) where open = 1 do update set count = notices.count + 1, seq = notices.seq + 1,
       severity = case when 'critical' in (notices.severity, excluded.severity) then 'critical'
         when 'warning' in (notices.severity, excluded.severity) then 'warning' else 'info' end,
       title = excluded.title, text = excluded.text, facts = excluded.facts, actions = excluded.actions, offers = excluded.offers,
       actor = excluded.actor, run_id = excluded.run_id, last_at = excluded.last_at
     returning *`,
    [
      ...[randomUUID(), key, topic, severity, cluster, title, text, JSON.stringify(facts), JSON.stringify(actions)],
      ...[JSON.stringify(next), actor, runId, at, at, at],
    ],
  );
  if (row === undefined) throw new TypeError(`the notice ${key} was not stored`);
  return row;
}

/** Unless it is critical, it is not told where the card of its run is anyway. */
async function wanted(sql: Sql, notice: Notice, routes: readonly Route[]): Promise<readonly Route[]> {
  if (notice.severity === "critical" || notice.runId === null) return routes;
  const rows = await sql.all("select place from run_places where run_id = ?", [notice.runId]);
  const told = new Set(rows.map((row) => row["place"]));
  return routes.filter(({ place }) => !told.has(place));
}

async function placesOf(sql: Sql, id: string): Promise<ReadonlySet<Place>> {
  const rows = await sql.all("select place from outbox where notice_id = ? and kind = 'notice'", [id]);
  return new Set(rows.map((row) => String(row["place"])));
}

/** From now on the place is shown the card of the notice. */
export async function show(sql: Sql, { id, seq, actor }: Notice, place: Place, at: number): Promise<void> {
  await sql.run("delete from held_notices where notice_id = ? and place = ?", [id, place]);
  await sql.run(
    `insert into outbox (id, place, notice_id, seq, urgent_seq, kind, actor, at) values (?, ?, ?, ?, ?, 'notice', ?, ?)
     on conflict (id) do nothing`,
    [`notice:${id}:${place}`, place, id, seq, seq, actor, at],
  );
}

/** The cards of the notice have a new state; one that somebody `waits` for is shown at once. */
async function changed(sql: Sql, { id, seq, actor }: Notice, at: number, waits = false): Promise<void> {
  await sql.run(
    `update outbox set seq = ?, actor = ?, delivered_at = null, ${waits ? "urgent_seq = ?, next_at = 0," : ""}
       at = case when delivered_at is null then at else ? end
     where notice_id = ? and kind = 'notice'`,
    [seq, actor, ...(waits ? [seq] : []), at, id],
  );
}

/** Says below the cards that it happened again; not each time. */
async function sayAgain(sql: Sql, row: Row, routes: readonly Route[], at: number): Promise<void> {
  const [count, since, said] = [row["count"], row["said_at"], row["said_count"]].map(Number) as [
    number,
    number,
    number,
  ];
  if (count === said || at - since < repeatMs) return;
  const { id, seq, title } = noticeOf(row);
  await sql.run("update notices set said_at = ?, said_count = ? where id = ?", [at, count, id]);
  const text = `${count - said} more since ${utcMinute(since)}: ${title}`;
  for (const { place } of routes) await say(sql, { name: String(seq), text, mentions: [] }, { id, seq, place, at });
}

/** Makes the phones of those on call ring, once for each notice. */
async function call(sql: Sql, { id, seq, title }: Notice, routes: readonly Route[], at: number): Promise<void> {
  const text = `Critical: ${title}. Somebody must look at it now.`;
  for (const { place, mention } of routes) {
    if (mention.length > 0) await say(sql, { name: "call", text, mentions: mention }, { id, seq, place, at });
  }
}

async function say(
  sql: Sql,
  { name, text, mentions }: { readonly name: string; readonly text: string; readonly mentions: readonly string[] },
  { id, seq, place, at }: { readonly id: string; readonly seq: number; readonly place: Place; readonly at: number },
): Promise<void> {
  await sql.run(
    `insert into outbox (id, place, notice_id, seq, kind, text, tone, mentions, at)
       values (?, ?, ?, ?, 'line', ?, 'news', ?, ?) on conflict (id) do nothing`,
    [`line:${id}:${name}:${place}`, place, id, seq, text, JSON.stringify([...new Set(mentions)]), at],
  );
}

/** What was wrong is right again: the notices of this key say so, with `facts` of that, and `line` is said below. */
export async function resolve(
  sql: Sql,
  key: string,
  at: number,
  { facts, line }: Ending = { facts: [], line: null },
): Promise<void> {
  const rows = await sql.all(
    `update notices set resolved_at = ?, open = 0, seq = seq + 1
     where key = ? and resolved_at is null and (open = 1 or acknowledged_by is not null) returning *`,
    [at, key],
  );
  for (const row of rows) {
    const notice = noticeOf(row);
    if (facts.length > 0) {
      const all = JSON.stringify([...notice.facts, ...facts]);
      await sql.run("update notices set facts = ? where id = ?", [all, notice.id]);
    }
    await changed(sql, notice, at, true);
    if (line === null) continue;
    const { id, seq } = notice;
    for (const place of await placesOf(sql, id)) {
      await say(sql, { name: "resolved", text: line, mentions: [] }, { id, seq, place, at });
    }
  }
}

/** Somebody has seen the one of this id or key. Returns it; `undefined` when none waits for that. */
export async function acknowledge(
  sql: Sql,
  which: { readonly id: string } | { readonly key: string },
  actor: string,
  at: number,
): Promise<Notice | undefined> {
  const [column, value] = "id" in which ? ["id", which.id] : ["key", which.key];
  const row = await sql.get(
    `update notices set acknowledged_by = ?, acknowledged_at = ?, open = 0, seq = seq + 1
     where ${column} = ? and open = 1 and severity <> 'info' returning *`,
    [actor, at, value],
  );
  if (row === undefined) return undefined;
  const notice = noticeOf(row);
  await changed(sql, notice, at, true);
  return notice;
}
