import type { RunFact } from "../core/journal.ts";
import type { Place, Saying } from "../core/mouth.ts";
import { sayingsFor } from "./sayings.ts";
import type { Row, Sql } from "./store/port.ts";

/** An event that has its number. */
export interface Line {
  readonly runId: string;
  readonly seq: number;
  readonly fact: RunFact;
  /** The run's own row. */
  readonly run: Row;
}

/** From now on the place is shown the card of the run, beginning with its state now. */
export async function tellPlace(sql: Sql, runId: string, place: Place, at: number): Promise<void> {
  await sql.run("insert into run_places values (?, ?) on conflict (run_id, place) do nothing", [runId, place]);
  await sql.run(
    `insert into outbox (id, place, run_id, seq, kind, at)
       select 'card:' || id || ':' || ?, ?, id, last_seq, 'card', ? from runs where id = ? and last_seq > 0
     on conflict (id) do nothing`,
    [place, place, at, runId],
  );
}

/**
 * Stores what must be said because of one event: the card's new state, which replaces one that was not said yet; and what
 * is said below it of steps, decisions and the end.
 */
export function sayFor(sql: Sql, line: Line, at: number): Promise<void>[] {
  const { runId, seq, fact } = line;
  // What somebody waits for is said at once; progress waits for its turn.
  const card = sql.run(
    `insert into outbox (id, place, run_id, seq, kind, at)
       select 'card:' || run_id || ':' || place, place, run_id, ?, 'card', ? from run_places where run_id = ?
     on conflict (id) do update set seq = excluded.seq, delivered_at = null,
       ${urgent.has(fact.kind) ? "next_at = 0, urgent_seq = excluded.seq," : ""}
       at = case when outbox.delivered_at is null then outbox.at else excluded.at end`,
    [seq, at, runId],
  );
  return [card, ...sayingsFor(line).map((saying) => sayBelow(sql, line, saying, at))];
}

/** What changes who has to do something. */
const urgent: ReadonlySet<RunFact["kind"]> = new Set([
  "approval.requested",
  "approval.voted",
  "approval.decided",
  "approval.refused",
  "glass.broken",
  "run.stopping",
  "run.finished",
]);

/** Stores what is said below the card, wherever it is shown. */
async function sayBelow(sql: Sql, { runId, seq, fact }: Line, saying: Saying, at: number): Promise<void> {
  const { text, tone } = saying;
  const mentions =
    fact.kind === "run.finished" ? [...saying.mentions, ...(await approversOf(sql, runId))] : saying.mentions;
  await sql.run(
    `insert into outbox (id, place, run_id, seq, kind, text, tone, mentions, at)
       select 'line:' || run_id || ':' || ? || ':' || place, place, run_id, ?, 'line', ?, ?, ?, ?
       from run_places where run_id = ?`,
    [`${seq}:${tone}`, seq, text, tone, JSON.stringify([...new Set(mentions)]), at, runId],
  );
}

/** Everybody whose yes the run had. */
async function approversOf(sql: Sql, runId: string): Promise<string[]> {
  const rows = await sql.all(
    `select actor from approvals where run_id = ? and verdict = 'approved'
     union select votes.actor from votes join approvals on approvals.id = votes.approval_id where run_id = ?`,
    [runId, runId],
  );
  return rows.flatMap(({ actor }) => (actor === null || actor === undefined ? [] : [String(actor)]));
}
