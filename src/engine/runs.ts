import { randomUUID } from "node:crypto";
import { OpsError, type Failure } from "../core/errors.ts";
import { canonicalJson, type Json } from "../core/json.ts";
import type { Outcome, RunEvent, Usual } from "../core/journal.ts";
import type { Risk } from "../core/plan.ts";
import type { Result } from "../core/playbook.ts";
import { eventsOf } from "./feed.ts";
import { seen } from "./instances.ts";
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
  admit(request: RunRequest): Promise<{ readonly id: string; readonly joined: boolean }>;
  find(id: string): Promise<RunRecord | undefined>;
  /** Ids of unfinished runs, oldest first. */
  unfinished(): Promise<string[]>;
  /**
   * Takes the run up for an instance; returns the turn this is, higher than any before it in this store. `undefined` when it has ended or another engine run,
   * the first that asked, is the one that carries it out.
   * @throws NotHeld when the instance was taken for dead.
   */
  adopt(id: string, engineId: string, instance: string): Promise<number | undefined>;
  cancel(id: string, actor: string): Promise<void>;
  /** @throws NotHeld when the hold is lost. */
  finish(id: string, ending: Ending, hold: Hold): Promise<void>;
  /** Medians over the last runs of the playbook that came to their end and changed something (or read). */
  usual(playbook: string): Promise<Usual>;
}

/** Opens the runs. `now` is in milliseconds since 1970. */
export function openRuns(store: Store, journal: Journal, now: () => number): Runs {
  const at = () => new Date(now()).toISOString();
  return {
    admit: (request) => journal.transaction((page) => admit(page, request, at())),
    find: async (id) => record(await store.get("select * from runs where id = ?", [id])),
    unfinished: async () => {
      const rows = await store.all("select id from runs where outcome is null order by created_at");
      return rows.map((row) => String(row["id"]));
    },
    adopt: (id, engineId, instance) =>
      store.transaction(async (sql) => {
        // With this sign of life it cannot be taken for dead before the run is written as its own.
        if (!(await seen(sql, instance, store.now))) throw new NotHeld(id);
        const row = await sql.get(
          `update runs set engine_id = ?, instance = ?, turn = (select coalesce(max(turn), 0) + 1 from runs)
           where id = ? and outcome is null and coalesce(engine_id, ?) = ? returning turn`,
          [engineId, instance, id, engineId, engineId],
        );
        return row === undefined ? undefined : Number(row["turn"]);
      }),
    cancel: (id, actor) =>
      store.transaction(async (sql) => {
        await sql.run("update runs set cancelled_by = ? where id = ? and outcome is null", [actor, id]);
        await sql.announce("nonet_cancelled", id);
      }),
    finish: (id, ending, hold) =>
      journal.transaction(async (page) => {
        const events = await eventsOf(page, id);
        const seconds = workedSeconds(events, now());
        const changed = events.reduce((sum, event) => sum + (event.kind === "step.finished" ? event.changed : 0), 0);
        await page.append(id, { kind: "run.finished", ...ending, changed, seconds }, hold);
        await page.run("update runs set outcome = ?, seconds = ?, changed = ? where id = ?", [
          ending.outcome,
          seconds,
          changed,
          id,
        ]);
      }),
    usual: (playbook) => usual(store, playbook),
  };
}

async function admit(page: Page, request: RunRequest, at: string): ReturnType<Runs["admit"]> {
  const { playbook, version, cluster, risk, actor } = request;
  const input = canonicalJson(request.input);
  if (risk !== "read") {
    await queueUp(page, cluster, at);
    const same = await page.get("select id from runs where outcome is null and playbook = ? and input = ?", [
      playbook,
      input,
    ]);
    if (same !== undefined) return { id: String(same["id"]), joined: true };
  }
  const id = randomUUID();
  await page.run(
    "insert into runs (id, playbook, version, cluster, input, risk, actor, created_at) values (?,?,?,?,?,?,?,?)",
    [id, playbook, version, cluster, input, risk, actor, at],
  );
  if (risk !== "read" && cluster !== null) await lock(page, cluster, id, at);
  await page.append(id, { kind: "run.queued", ...request, usual: await usual(page, playbook) });
  return { id, joined: false };
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
  };
}

/**
 * One admission at a time for each cluster (and one for what belongs to none): what it reads afterwards is true until
 * its transaction ends.
 */
async function queueUp(page: Page, cluster: string | null, at: string): Promise<void> {
  await page.run(
    `insert into cluster_locks (cluster, run_id, at) values (?, '', ?)
     on conflict (cluster) do update set cluster = excluded.cluster`,
    [cluster ?? "", at],
  );
}

/** The lock belongs to the run and lasts as long as it does; no time limit, nothing to release. */
async function lock(page: Page, cluster: string, id: string, at: string): Promise<void> {
  const taken = await page.get(
    `update cluster_locks set run_id = ?, at = ?
     where cluster = ? and run_id not in (select id from runs where outcome is null) returning run_id`,
    [id, at, cluster],
  );
  if (taken !== undefined) return;
  const holder = await page.get(
    "select playbook, actor, created_at, id from runs where id = (select run_id from cluster_locks where cluster = ?)",
    [cluster],
  );
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
