import type { Card } from "../core/card.ts";
import { project, type RunEvent, type RunView } from "../core/journal.ts";
import { MouthError } from "../core/mouth.ts";
import { noticeCard } from "../core/notice-card.ts";
import { runCard } from "../core/run-card.ts";
import { counted } from "../core/words.ts";
import { eventsOf } from "./feed.ts";
import { noticeOf } from "./notice-row.ts";
import type { Row, Sql } from "./store/port.ts";

/** Milliseconds without delivery that are worth a word. */
const awayMs = 60_000;

/** The card that this row of the outbox shows: that of a notice as it is now, or of a run as it was after `seq`. */
export async function cardOf(sql: Sql, row: Row, seq: number, now: number): Promise<Card> {
  const id = row["notice_id"] ?? null;
  if (id === null) return runCardAt(sql, row, seq, now);
  const notice = await sql.get("select * from notices where id = ?", [id]);
  if (notice === undefined) throw new MouthError("the notice was forgotten before it could be told");
  return noticeCard(noticeOf(notice));
}

/** After an outage it says how long that was and what happened meanwhile. */
async function runCardAt(sql: Sql, row: Row, seq: number, now: number): Promise<Card> {
  const events = (await eventsOf(sql, String(row["run_id"]))).filter((event) => event.seq <= seq);
  const view = events.reduce<RunView | undefined>(project, undefined);
  if (view === undefined) throw new TypeError(`the journal of run ${String(row["run_id"])} is empty`);
  const card = runCard(view);
  const toldAt = row["told_at"] ?? null;
  if (toldAt === null) return card;
  const news = events.filter((event) => event.seq > Number(row["told_seq"]));
  // A process that was gone stored nothing: its card is as old as what it said last.
  const resumed = news.some((event) => event.kind === "run.started" && event.resumed);
  const since = Number(resumed ? toldAt : row["at"]);
  return now - since < awayMs ? card : { ...card, facts: [...card.facts, away(news, since, now)] };
}

function away(news: readonly RunEvent[], since: number, now: number): readonly [string, string] {
  const time = (milliseconds: number) => new Date(milliseconds).toISOString().slice(11, 16);
  const ended = news.filter(({ kind }) => kind === "step.finished" || kind === "step.failed").length;
  return ["was away", `${time(since)}-${time(now)}; ${counted(ended, "step")} finished meanwhile`];
}
