import { randomUUID } from "node:crypto";
import type { SQLOutputValue } from "node:sqlite";
import { OpsError, type Failure } from "../core/errors.ts";
import { canonicalJson, type Json } from "../core/json.ts";
import type { Outcome, RunEvent, Usual } from "../core/journal.ts";
import type { Risk } from "../core/plan.ts";
import type { Result } from "../core/playbook.ts";
import type { Journal } from "./journal.ts";
import type { Database } from "./store.ts";
import { usual } from "./usual.ts";

/** What starting a run needs to know. */
interface RunRequest {
  readonly playbook: string;
  readonly version: number;
  readonly cluster: string | null;
  readonly input: Json;
  readonly risk: Risk;
  readonly actor: string;
}

/** A run as it is kept. */
export interface RunRecord extends RunRequest {
  readonly id: string;
  readonly createdAt: string;
  readonly finished: boolean;
  readonly cancelledBy: string | null;
}

/** How a run ended, without what is counted from its journal. */
interface Ending {
  readonly outcome: Outcome;
  readonly result: Result | null;
  readonly failure: Failure | null;
}

/** All runs, and who may change a cluster. */
export interface Runs {
  /**
   * Admits a run; one that wants the same as an unfinished one joins it instead.
   * @throws OpsError `cluster_locked` while another run changes the cluster.
   */
  admit(request: RunRequest): { readonly id: string; readonly joined: boolean };
  find(id: string): RunRecord | undefined;
  /** Ids of unfinished runs, oldest first. */
  unfinished(): string[];
  /** Whether this engine run is the one that carries the run out; the first to ask is. */
  adopt(id: string, engineId: string): boolean;
  cancel(id: string, actor: string): void;
  finish(id: string, ending: Ending): void;
  /** Medians over the last runs of the playbook that came to their end and changed something (or read). */
  usual(playbook: string): Usual;
}

/** Opens the runs. `now` is in milliseconds since 1970. */
export function openRuns(database: Database, journal: Journal, now: () => number): Runs {
  const { sql } = database;
  const at = () => new Date(now()).toISOString();
  const find = (id: string) => record(sql.prepare("select * from runs where id = ?").get(id));
  return {
    admit: (request) =>
      database.transaction(() => {
        const same = request.risk === "read" ? undefined : unfinishedTwin(database, request);
        if (same !== undefined) return { id: same, joined: true };
        const id = randomUUID();
        sql
          .prepare(
            "insert into runs (id, playbook, version, cluster, input, risk, actor, created_at) values (?,?,?,?,?,?,?,?)",
          )
          .run(
            id,
            request.playbook,
            request.version,
            request.cluster,
            canonicalJson(request.input),
            request.risk,
            request.actor,
            at(),
          );
        if (request.risk !== "read" && request.cluster !== null) lock(database, request.cluster, id, at());
        journal.append(id, { kind: "run.queued", ...request, usual: usual(database, request.playbook) });
        return { id, joined: false };
      }),
    find,
    unfinished: () =>
      sql
        .prepare("select id from runs where outcome is null order by created_at")
        .all()
        .map((row) => String(row["id"])),
    adopt: (id, engineId) =>
      sql
        .prepare("update runs set engine_id = ? where id = ? and coalesce(engine_id, ?) = ? returning id")
        .get(engineId, id, engineId, engineId) !== undefined,
    cancel: (id, actor) => {
      sql.prepare("update runs set cancelled_by = ? where id = ? and outcome is null").run(actor, id);
    },
    finish: (id, ending) => {
      database.transaction(() => {
        const events = journal.events(id);
        const seconds = workedSeconds(events, now());
        const changed = events.reduce((sum, event) => sum + (event.kind === "step.finished" ? event.changed : 0), 0);
        const row = sql
          .prepare(
            "update runs set outcome = ?, seconds = ?, changed = ? where id = ? and outcome is null returning id",
          )
          .get(ending.outcome, seconds, changed, id);
        if (row !== undefined) journal.append(id, { kind: "run.finished", ...ending, changed, seconds });
      });
    },
    usual: (playbook) => usual(database, playbook),
  };
}

function record(row: Record<string, SQLOutputValue> | undefined): RunRecord | undefined {
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
  };
}

function unfinishedTwin({ sql }: Database, { playbook, input }: RunRequest): string | undefined {
  const row = sql
    .prepare("select id from runs where outcome is null and playbook = ? and input = ?")
    .get(playbook, canonicalJson(input));
  return row === undefined ? undefined : String(row["id"]);
}

/** The lock belongs to the run and lasts as long as it does; no time limit, nothing to release. */
function lock({ sql }: Database, cluster: string, id: string, at: string): void {
  const taken = sql
    .prepare(
      `insert into cluster_locks (cluster, run_id, at) values (?, ?, ?)
       on conflict (cluster) do update set run_id = excluded.run_id, at = excluded.at
       where cluster_locks.run_id = excluded.run_id
          or cluster_locks.run_id not in (select id from runs where outcome is null)
       returning run_id`,
    )
    .get(cluster, id, at);
  if (taken !== undefined) return;
  const holder = sql
    .prepare(
      "select playbook, actor, created_at, id from runs where id = (select run_id from cluster_locks where cluster = ?)",
    )
    .get(cluster);
  throw new OpsError({
    code: "cluster_locked",
    message: `${cluster} is being changed by ${String(holder?.["playbook"])}, started by ${String(holder?.["actor"])} at ${String(holder?.["created_at"])}.`,
    state: "Nothing of what you asked for was done.",
    hint: `Wait until it ends or cancel it (run ${String(holder?.["id"])}).`,
  });
}

/** From the first start until `now`, without the time spent waiting for people. */
function workedSeconds(events: readonly RunEvent[], now: number): number {
  let waited = 0;
  let asked: number | undefined;
  for (const { kind, at } of events) {
    if (kind === "approval.requested") asked = Date.parse(at);
    if (kind === "approval.decided" && asked !== undefined) {
      waited += Date.parse(at) - asked;
      asked = undefined;
    }
  }
  const started = events.find(({ kind }) => kind === "run.started");
  return started === undefined ? 0 : Math.max(0, now - Date.parse(started.at) - waited) / 1000;
}
