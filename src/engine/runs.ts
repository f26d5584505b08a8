import { randomUUID } from "node:crypto";
import { canonicalJson, type Json } from "../core/json.ts";
import type { Usual } from "../core/journal.ts";
import type { Place } from "../core/mouth.ts";
import type { Risk } from "../core/plan.ts";
import { finish, type Ending } from "./ending.ts";
import { seen } from "./instances.ts";
import { latest } from "./latest.ts";
import { lineOf, nearTheFront, type Lines } from "./line.ts";
import { NotHeld, type Hold, type Journal, type Page } from "./journal.ts";
import type { Row, Store } from "./store/port.ts";
import { usual } from "./usual.ts";

/** What starting a run needs to know. */
interface RunRequest {
  readonly playbook: string;
  readonly version: number;
  readonly cluster: string | null;
  readonly input: Json;
  readonly risk: Risk;
  readonly actor: string;
  /** The run it carries on, if it does. */
  readonly resumes: string | null;
}

/** A run as it is kept. */
export interface RunRecord extends RunRequest {
  readonly id: string;
  readonly createdAt: string;
  readonly finished: boolean;
  readonly cancelledBy: string | null;
}

/** How soon a cancelled run ends. */
export type Stop = "at once" | "at the next safe point";

/** All runs. */
export interface Runs {
  /**
   * Admits a run, which begins when it is first in line; one that wants the same as an unfinished one joins it instead.
   * The places are shown its card.
   */
  admit(request: RunRequest, places: readonly Place[]): Promise<{ readonly id: string; readonly joined: boolean }>;
  find(id: string): Promise<RunRecord | undefined>;
  /** Ids of unfinished runs, oldest first; `begun` leaves out those that wait in line. */
  unfinished(only?: "begun"): Promise<string[]>;
  /** Ids of the runs that matter now (see `LatestRuns`); `null` for those of all clusters. */
  latest(cluster: string | null): Promise<{ readonly ids: readonly string[]; readonly more: number }>;
  /** Ids that begin like this; no more than a few. */
  beginning(id: string): Promise<string[]>;
  /**
   * Takes the run up for an instance; returns the turn this is, higher than any before it in this store, and whether
   * it was parked. `undefined` when it has ended or another engine run, the first that asked, is the one that carries it
   * out.
   * @throws NotHeld when the instance was taken for dead.
   */
  adopt(
    id: string,
    engineId: string,
    instance: string,
  ): Promise<{ readonly turn: number; readonly parked: boolean } | undefined>;
  /** It is nobody's until what it waits for wakes it. @throws NotHeld when the hold is lost. */
  park(id: string, hold: Hold): Promise<void>;
  /** Ends a run that waits in line at once; any other is marked, and whoever carries it out is told. */
  cancel(id: string, actor: string): Promise<Stop>;
  /** The next in line begins in the same moment. @throws NotHeld when the hold is lost. */
  finish(id: string, ending: Ending, hold: Hold): Promise<void>;
  /** Medians over the last runs of the playbook that came to their end and changed something (or read). */
  usual(playbook: string): Promise<Usual>;
}

/** What runs are made of. */
interface Parts {
  readonly store: Store;
  readonly journal: Journal;
  readonly lines: Lines;
  /** Hands a run that has begun to the durable worker. */
  readonly begin: (runId: string) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Opens the runs. */
export function openRuns(parts: Parts): Runs {
  const { store, journal, lines, now } = parts;
  const ids = async (sql: string, params: readonly string[] = []) =>
    (await store.all(sql, params)).map((row) => String(row["id"]));
  return {
    admit: (request, places) =>
      request.risk === "read" ? admitReading(parts, request, places) : admitChanging(lines, request, places),
    find: async (id) => record(await store.get("select * from runs where id = ?", [id])),
    unfinished: (only) =>
      ids(
        `select id from runs where outcome is null ${only === "begun" ? "and begun_at is not null" : ""}
         order by created_at, place`,
      ),
    latest: (cluster) => latest(store, cluster),
    beginning: (id) => ids("select id from runs where substr(id, 1, length(?)) = ? order by id limit 5", [id, id]),
    adopt: (id, engineId, instance) =>
      store.transaction(async (sql) => {
        // With this sign of life it cannot be taken for dead before the run is written as its own.
        if (!(await seen(sql, instance, store.now))) throw new NotHeld(id);
        const before = await sql.get("select parked from runs where id = ?", [id]);
        const row = await sql.get(
          `update runs set engine_id = ?, instance = ?, parked = 0, turn = (select coalesce(max(turn), 0) + 1 from runs)
           where id = ? and outcome is null and coalesce(engine_id, ?) = ? returning turn`,
          [engineId, instance, id, engineId, engineId],
        );
        return row === undefined ? undefined : { turn: Number(row["turn"]), parked: before?.["parked"] === 1 };
      }),
    park: async (id, hold) => {
      const row = await store.get(
        "update runs set instance = null, parked = 1 where id = ? and instance = ? and turn = ? returning id",
        [id, hold.instance, hold.turn],
      );
      if (row !== undefined) return;
      hold.lose();
      throw new NotHeld(id);
    },
    cancel: (id, actor) => cancel(parts, id, actor),
    finish: async (id, ending, hold) => {
      const run = await store.get("select line from runs where id = ?", [id]);
      const end = (page: Page) => finish(page, id, ending, hold, now());
      if (run?.["line"] === null) return journal.transaction(end);
      return lines.at(String(run?.["line"]), async (turn) => {
        await end(turn);
        await turn.move(nearTheFront);
      });
    },
    usual: (playbook) => usual(store, playbook),
  };
}

async function admitReading(
  { journal, begin, now }: Parts,
  request: RunRequest,
  shown: readonly Place[],
): ReturnType<Runs["admit"]> {
  const at = new Date(now()).toISOString();
  const id = await journal.transaction(async (page) => {
    const id = await insert(page, request, { line: null, place: null, at, begunAt: at });
    for (const place of shown) await page.tell(id, place);
    return id;
  });
  await begin(id);
  return { id, joined: false };
}

function admitChanging(lines: Lines, request: RunRequest, shown: readonly Place[]): ReturnType<Runs["admit"]> {
  const line = lineOf(request.cluster);
  return lines.at(line, async (turn) => {
    const same = await turn.get(
      "select id from runs where line = ? and outcome is null and playbook = ? and input = ?",
      [line, request.playbook, canonicalJson(request.input)],
    );
    if (same !== undefined) {
      for (const each of shown) await turn.tell(String(same["id"]), each);
      return { id: String(same["id"]), joined: true };
    }
    const last = await turn.get("select max(place) as place from runs where line = ?", [line]);
    const place = Number(last?.["place"] ?? 0) + 1;
    const id = await insert(turn, request, { line, place, at: turn.at, begunAt: null });
    for (const each of shown) await turn.tell(id, each);
    await turn.move((_position, of) => of === place);
    return { id, joined: false };
  });
}

async function insert(
  page: Page,
  request: RunRequest,
  { line, place, at, begunAt }: { line: string | null; place: number | null; at: string; begunAt: string | null },
): Promise<string> {
  const { playbook, version, cluster, risk, actor, resumes } = request;
  const id = randomUUID();
  await page.run(
    `insert into runs (id, playbook, version, cluster, input, risk, actor, resumes, line, place, created_at, begun_at)
     values (?,?,?,?,?,?,?,?,?,?,?,?)`,
    [id, playbook, version, cluster, canonicalJson(request.input), risk, actor, resumes, line, place, at, begunAt],
  );
  await page.append(id, { kind: "run.queued", ...request, usual: await usual(page, playbook) });
  return id;
}

async function cancel({ store, lines }: Parts, id: string, actor: string): Promise<Stop> {
  const run = await store.get("select line from runs where id = ?", [id]);
  return lines.at(String(run?.["line"] ?? ""), async (turn) => {
    const waited = await turn.get(
      `update runs set outcome = 'cancelled', seconds = 0, changed = 0, cancelled_by = ?
       where id = ? and outcome is null and begun_at is null returning place`,
      [actor, id],
    );
    if (waited !== undefined) {
      const failure = {
        code: "cancelled",
        message: `${actor} cancelled it before its turn came.`,
        state: "Nothing was changed.",
      };
      const ended = { outcome: "cancelled", result: null, failure, changed: 0, seconds: 0 } as const;
      await turn.append(id, { kind: "run.finished", ...ended });
      await turn.move((position, place) => place > Number(waited["place"]) && nearTheFront(position, place));
      return "at once";
    }
    const marked = await turn.get(
      "update runs set cancelled_by = ? where id = ? and outcome is null and cancelled_by is null returning id",
      [actor, id],
    );
    if (marked !== undefined) await turn.append(id, { kind: "run.stopping", actor });
    await turn.announce("nonet_cancelled", id);
    return "at the next safe point";
  });
}

function record(row: Row | undefined): RunRecord | undefined {
  if (row === undefined) return undefined;
  const text = (name: string) => (row[name] === null ? null : String(row[name]));
  return {
    id: String(row["id"]),
    playbook: String(row["playbook"]),
    version: Number(row["version"]),
    cluster: text("cluster"),
    input: JSON.parse(String(row["input"])),
    risk: String(row["risk"]) as Risk,
    actor: String(row["actor"]),
    createdAt: String(row["created_at"]),
    finished: row["outcome"] !== null,
    cancelledBy: text("cancelled_by"),
    resumes: text("resumes"),
  };
}
