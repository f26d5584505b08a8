import { randomUUID } from "node:crypto";
import { describeFailure } from "../core/errors.ts";
import type { RunFact } from "../core/journal.ts";
import type { Place, Topic } from "../core/mouth.ts";
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
 * Stores what must be said because of one event: the card's new state, which replaces one that was not said yet; one
 * line for what people decided and for the end; and notices elsewhere.
 */
export function sayFor(
  sql: Sql,
  line: Line,
  { at, placesFor }: { readonly at: number; readonly placesFor: (topic: Topic) => readonly Place[] },
): Promise<void>[] {
  const { runId, seq, fact } = line;
  const card = sql.run(
    `insert into outbox (id, place, run_id, seq, kind, at)
       select 'card:' || run_id || ':' || place, place, run_id, ?, 'card', ? from run_places where run_id = ?
     on conflict (id) do update set seq = excluded.seq, delivered_at = null,
       at = case when outbox.delivered_at is null then outbox.at else excluded.at end`,
    [seq, at, runId],
  );
  const said = lineOf(fact);
  if (said === undefined) return [card];
  const below = sql.run(
    `insert into outbox (id, place, run_id, seq, kind, text, at)
       select 'line:' || run_id || ':' || ? || ':' || place, place, run_id, ?, 'line', ?, ?
       from run_places where run_id = ?`,
    [String(seq), seq, said, at, runId],
  );
  if (fact.kind !== "run.finished") return [card, below];
  const text = `${titleOf(line)} ended. ${said}`;
  const actor = String(line.run["actor"]);
  const places = new Set([...placesFor("ended"), ...(isGood(fact) ? [] : placesFor("failed"))]);
  return [card, below, ...[...places].map((place) => sayNotice(sql, place, { text, actor, at, runId }))];
}

/** Stores one line for a place; not for one that is shown the card of the run anyway. */
export async function sayNotice(
  sql: Sql,
  place: Place,
  say: { readonly text: string; readonly actor: string | null; readonly at: number; readonly runId?: string },
): Promise<void> {
  await sql.run(
    `insert into outbox (id, place, seq, kind, text, actor, at) select ?, ?, 0, 'notice', ?, ?, ?
     where not exists (select 1 from run_places where run_id = ? and place = ?)`,
    [`notice:${randomUUID()}`, place, say.text, say.actor, say.at, say.runId ?? "", place],
  );
}

type Finished = Extract<RunFact, { kind: "run.finished" }>;

const isGood = ({ outcome, result }: Finished): boolean => outcome === "done" && result?.ok !== false;

function titleOf({ run }: Line): string {
  const cluster = run["cluster"] === null ? "" : ` ${String(run["cluster"])}`;
  return `${String(run["playbook"])}${cluster}, started by ${String(run["actor"])},`;
}

const endings = {
  done: "It came to its end.",
  failed: "It failed.",
  rejected: "It was refused; nothing was changed.",
  expired: "Nobody answered in time; nothing was changed.",
  cancelled: "It was cancelled.",
};

function lineOf(fact: RunFact): string | undefined {
  if (fact.kind === "approval.decided") {
    return fact.actor === null ? "Nobody answered in time." : `${fact.actor} ${fact.verdict} the plan.`;
  }
  if (fact.kind !== "run.finished") return undefined;
  if (fact.failure !== null) return describeFailure(fact.failure);
  return fact.result?.verdict || endings[fact.outcome];
}
