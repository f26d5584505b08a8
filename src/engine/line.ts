import type { Lock, Obstacle } from "../core/lock.ts";
import type { Journal, Page } from "./journal.ts";
import type { Row, Sql } from "./store/port.ts";

/** Where a freeze is kept; no cluster can be called so. */
const everywhere = "*";

/** The line of a changing run: its cluster's; those that belong to no cluster have one of their own. */
export const lineOf = (cluster: string | null): string => cluster ?? "";

/** Which of those who wait are told, by position in line (1 is the next) and place (a number that never changes). */
type Whom = (position: number, place: number) => boolean;
const everybody: Whom = () => true;
/** All of the first nine, every tenth of those behind, every hundredth farther back: a long line moves in little time. */
export const nearTheFront: Whom = (position) => position % 10 ** (String(position).length - 1) === 0;

/** What can be done by whoever has a line to itself. */
interface Turn extends Page {
  /** The time of this turn, ISO 8601. */
  readonly at: string;
  /** Lets the first begin, if nothing is in the way, and tells others what they wait for now. */
  move(whom: Whom): Promise<void>;
}

/** The lines in which changing runs wait. One run of each line has begun at most; the store itself sees to that. */
export interface Lines {
  /** All of `work`'s writes or none; what begins in it is handed over as soon as they are there. */
  at<T>(line: string, work: (turn: Turn) => Promise<T>): Promise<T>;
  /**
   * Puts a person's lock on a cluster or, `null`, on all; the audit keeps it. Returns the one that is there already, if
   * one is.
   */
  readonly lock: (cluster: string | null, actor: string, reason: string) => Promise<Lock | undefined>;
  /** Returns the lock that was lifted; `undefined` when there is none. The audit keeps who lifted it and why. */
  readonly unlock: (cluster: string | null, actor: string, reason: string | null) => Promise<Lock | undefined>;
  /** Lets whoever is first in a free line begin: after a crash or an upgrade there may be such. */
  sweep(): Promise<void>;
}

/** Opens the lines. `begin` hands a run that has begun to the durable worker; `now` is in milliseconds since 1970. */
export function openLines(journal: Journal, begin: (runId: string) => Promise<void>, now: () => number): Lines {
  const take = async <T>(line: string, work: (page: Page, of: (line: string) => Turn) => Promise<T>): Promise<T> => {
    const begun: string[] = [];
    const value = await journal.transaction(async (page) => {
      await enter(page, line);
      const at = new Date(now()).toISOString();
      const of = (each: string): Turn => ({
        ...page,
        at,
        move: async (whom) => void begun.push(...(await move(page, each, at, whom))),
      });
      return work(page, of);
    });
    for (const id of begun) await begin(id);
    return value;
  };
  const set = (change: "set" | "lifted", cluster: string | null, actor: string, reason: string | null) => {
    const line = cluster ?? everywhere;
    return take(line, async (page, of) => {
      const held = await lockOn(page, line);
      // Locked already, or nothing to lift.
      if ((held === undefined) === (change === "lifted")) return held;
      const lock = change === "set" ? [actor, reason, of(line).at] : [null, null, null];
      await page.run("update lines set actor = ?, reason = ?, at = ? where line = ?", [...lock, line]);
      const was = held === undefined ? {} : { was: { actor: held.actor, reason: held.reason, since: held.since } };
      const kind = `${cluster === null ? "freeze" : "lock"}.${change}`;
      page.audit({ kind, actor, cluster, data: { reason, ...was } });
      for (const each of cluster === null ? await linesWaiting(page) : [line]) await of(each).move(everybody);
      return held;
    });
  };
  return {
    at: (line, work) => take(line, (_page, of) => work(of(line))),
    lock: (...by) => set("set", ...by),
    unlock: (...by) => set("lifted", ...by),
    sweep: () =>
      take(everywhere, async (page, of) => {
        for (const line of await linesWaiting(page)) {
          if ((await holderOf(page, line)) === undefined) await of(line).move(nearTheFront);
        }
      }),
  };
}

/** What people have locked; a freeze first. */
export async function peopleLocks(sql: Sql): Promise<Lock[]> {
  const rows = await sql.all("select * from lines where actor is not null order by line");
  return rows.map(toLock).toSorted((a, b) => Number(a.cluster !== null) - Number(b.cluster !== null));
}

/**
 * One transaction at a time for each line: what it reads afterwards is true until it ends. All of them take what stands
 * for all lines first, so none ever waits for another in a circle.
 */
async function enter(page: Page, line: string): Promise<void> {
  for (const each of new Set([everywhere, line])) {
    await page.run("insert into lines (line) values (?) on conflict (line) do update set line = excluded.line", [each]);
  }
}

const waiting = "outcome is null and begun_at is null";
const columns = "id, playbook, cluster, actor, begun_at";

/** Returns the run that began, if one did. */
async function move(page: Page, line: string, at: string, whom: Whom): Promise<string[]> {
  let behind = await obstacleOf(page, line);
  const begun: string[] = [];
  if (behind === undefined) {
    const first = await page.get(
      `update runs set begun_at = ? where id =
         (select id from runs where line = ? and ${waiting} order by place limit 1) returning ${columns}`,
      [at, line],
    );
    if (first === undefined) return [];
    behind = toObstacle(first);
    begun.push(String(first["id"]));
  }
  const rows = await page.all(`select id, place from runs where line = ? and ${waiting} order by place`, [line]);
  for (const [index, row] of rows.entries()) {
    const position = index + 1;
    if (!whom(position, Number(row["place"]))) continue;
    await page.append(String(row["id"]), { kind: "run.waiting", position, behind });
  }
  return begun;
}

async function obstacleOf(sql: Sql, line: string): Promise<Obstacle | undefined> {
  const lock = (await lockOn(sql, everywhere)) ?? (await lockOn(sql, line));
  if (lock !== undefined) return { kind: "lock", ...lock };
  const holder = await holderOf(sql, line);
  return holder === undefined ? undefined : toObstacle(holder);
}

function holderOf(sql: Sql, line: string): Promise<Row | undefined> {
  return sql.get(`select ${columns} from runs where line = ? and outcome is null and begun_at is not null`, [line]);
}

async function lockOn(sql: Sql, line: string): Promise<Lock | undefined> {
  const row = await sql.get("select * from lines where line = ? and actor is not null", [line]);
  return row === undefined ? undefined : toLock(row);
}

async function linesWaiting(sql: Sql): Promise<string[]> {
  const rows = await sql.all(`select distinct line from runs where line is not null and ${waiting} order by line`);
  return rows.map((row) => String(row["line"]));
}

function toLock(row: Row): Lock {
  const line = String(row["line"]);
  return {
    cluster: line === everywhere ? null : line,
    actor: String(row["actor"]),
    reason: String(row["reason"]),
    since: String(row["at"]),
  };
}

function toObstacle(row: Row): Obstacle {
  return {
    kind: "run",
    id: String(row["id"]),
    playbook: String(row["playbook"]),
    cluster: row["cluster"] === null ? null : String(row["cluster"]),
    actor: String(row["actor"]),
    since: String(row["begun_at"]),
  };
}
