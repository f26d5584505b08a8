import type { AuditFact } from "../core/audit.ts";
import type { RunFact } from "../core/journal.ts";
import type { Place } from "../core/mouth.ts";
import type { Ending, Raised } from "../core/notice.ts";
import { auditOf } from "./audit-facts.ts";
import { seal } from "./audit.ts";
import { raise, resolve, type RoutesFor } from "./raise.ts";
import { noteLine } from "./run-notices.ts";
import type { Row, Transaction } from "./store/port.ts";
import { sayFor, tellPlace, type Line } from "./telling.ts";

/** The right to carry a run out. Whoever takes the run up later has a higher turn, and this one has lost it. */
export interface Hold {
  readonly instance: string;
  readonly turn: number;
  /** Called when it turns out to be lost: whatever was done with it must stop. */
  lose(): void;
}

/** A transaction that also writes into journal, audit and outbox; all of that at its end. */
export interface Page extends Transaction {
  /**
   * Writes one event, scrubbed of secrets; what the run itself has to say only while `hold` is good.
   * @throws NotHeld when it is not: nothing may be written.
   */
  append(runId: string, fact: RunFact, hold?: Hold): Promise<void>;
  /** Adds to the audit what is no event of a run. */
  audit(fact: AuditFact): void;
  /** From now on the place is shown the card of the run; once more changes nothing. */
  tell(runId: string, place: Place): Promise<void>;
  /** Something happened that is to be told wherever the configuration wants to hear of such things. */
  notice(raised: Raised): Promise<void>;
  /** What was raised under this key is right again; `ending` is shown on its card and said below it. */
  resolve(key: string, ending?: Ending): Promise<void>;
}

/** The run is another's, or ended. */
export class NotHeld extends Error {
  constructor(runId: string) {
    super(`run ${runId} was taken up by another process`);
    this.name = "NotHeld";
  }
}

/** How pages are written. */
export interface PageOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly scrub: (text: string) => string;
  readonly routesFor: RoutesFor;
}

/** Opens a page in a transaction. `close` writes what was collected and returns the lines of the journal. */
export function openPage(sql: Transaction, { now, scrub, routesFor }: PageOptions) {
  const lines: Line[] = [];
  const audited: AuditFact[] = [];
  /** Index in `audited`, by line. */
  const recordOf = new Map<Line, number>();
  const at = now();
  const teller = { at, routesFor };
  const audit = (fact: AuditFact): number => audited.push({ ...fact, data: scrubDeep(fact.data, scrub) }) - 1;
  const page: Page = {
    ...sql,
    append: async (runId, fact, hold) => {
      const run = await count(sql, runId, hold);
      const line = { runId, seq: Number(run["last_seq"]), fact: scrubDeep(fact, scrub), run };
      lines.push(line);
      const about = { runId, cluster: textOf(run["cluster"]), actor: String(run["actor"]) };
      const record = auditOf(line.fact, JSON.stringify(line.fact), about);
      if (record !== undefined) recordOf.set(line, audit(record));
      await noteLine(sql, line, teller);
    },
    audit: (fact) => void audit(fact),
    tell: async (runId, place) => tellPlace(sql, runId, place, at),
    notice: (raised) => raise(sql, scrubDeep(raised, scrub), teller),
    resolve: (key, ending) => resolve(sql, key, at, ending && scrubDeep(ending, scrub)),
  };
  const close = async (): Promise<readonly Line[]> => {
    const time = new Date(at).toISOString();
    // Everybody waits here for whoever else appends to the audit, so nothing but the last writes comes after it.
    const hashes = await seal(sql, audited, time);
    const write = async (line: Line): Promise<void> => {
      const { runId, seq, fact } = line;
      const head = hashes[recordOf.get(line) ?? -1];
      const json = JSON.stringify(fact.kind === "run.finished" ? { ...fact, head } : fact);
      await Promise.all([
        sql.run("insert into events values (?, ?, ?, ?)", [runId, seq, time, json]),
        sql.announce("nonet_events", `${runId} ${seq}`),
        ...sayFor(sql, line, at),
      ]);
    };
    await Promise.all(lines.map(write));
    return lines;
  };
  return { page, close };
}

/** Counts and checks at once, and lets nobody else write for this run before the transaction ends. */
async function count(sql: Transaction, runId: string, hold: Hold | undefined): Promise<Row> {
  const row = await sql.get(
    `update runs set last_seq = last_seq + 1 where id = ?
     ${hold === undefined ? "" : "and outcome is null and instance = ? and turn = ?"}
     returning last_seq, playbook, cluster, actor, risk`,
    hold === undefined ? [runId] : [runId, hold.instance, hold.turn],
  );
  if (row !== undefined) return row;
  hold?.lose();
  throw new NotHeld(runId);
}

const textOf = (value: Row[string] | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

/** The same data with `scrub` applied to every text in it. */
export function scrubDeep<T>(value: T, scrub: (text: string) => string): T {
  return JSON.parse(JSON.stringify(value), (_key, part: unknown) => (typeof part === "string" ? scrub(part) : part));
}
