import type { Backend } from "openworkflow/internal";
import { BackendPostgres } from "openworkflow/postgres";
import postgres from "postgres";
import { OpsError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import { inPostgres, pending } from "./migrations.ts";
import { full, unusable, type Row, type Sql, type Store, type Transaction } from "./port.ts";

/** Any number that nobody else locks: only one process at a time changes the shape of the store. */
const shapeLock = 7_061_995;

type Types = { readonly number: number };
type Pool = postgres.Sql<Types>;

/** `PostgreSQL 15.3 at postgres://host/nonet`. @throws OpsError `store_unusable` when it cannot be reached. */
export async function describePostgres(url: Secret<string>): Promise<string> {
  const pool = connect(url);
  try {
    const row = await reachable(url, statements(pool).get("show server_version"));
    return `PostgreSQL ${String(row?.["server_version"])} at ${nameOf(url)}`;
  } finally {
    await end(pool);
  }
}

/**
 * Opens the store in the database at `url` and brings it up to date.
 * @throws OpsError `store_too_new` when a newer Nonet wrote it, `store_unusable` when it cannot be reached.
 */
export async function openPostgres(url: Secret<string>): Promise<Store> {
  const name = nameOf(url);
  const pool = connect(url);
  const sql = statements(pool);
  const transaction = <T>(work: (transaction: Transaction) => Promise<T>) => transact(pool, work);
  try {
    await reachable(
      url,
      transaction((sql) => migrate(sql, name)),
    );
  } catch (error) {
    await end(pool);
    throw error;
  }
  return {
    kind: "postgres",
    name,
    now: "cast(extract(epoch from clock_timestamp()) * 1000 as bigint)",
    workflowRuns: "openworkflow.workflow_runs",
    workflowSignals: "openworkflow.workflow_signals",
    all: (...query) => toldAway(name, () => sql.all(...query)),
    get: (...query) => toldAway(name, () => sql.get(...query)),
    run: (...query) => toldAway(name, () => sql.run(...query)),
    transaction: (work) => toldAway(name, () => transaction(work)),
    listen: async (channel, heard, gap) => {
      await pool.listen(channel, heard, gap);
    },
    openBackend: () => openBackend(transaction, url),
    close: () => end(pool),
  };
}

const options = {
  onnotice: () => undefined,
  // Seconds between attempts to connect; the library's own grow to twenty, in which others would take this one for dead.
  backoff: () => 0.5 + Math.random() / 2,
  // A process that was frozen inside a transaction must not hold up the one that takes over.
  connection: { application_name: "nonet", idle_in_transaction_session_timeout: 3000 },
};

function connect(url: Secret<string>): Pool {
  const types = { number: { to: 20, from: [20, 1700], serialize: String, parse: Number } };
  return postgres(url.reveal(), { ...options, types });
}

/**
 * The library waits without end for a connection that was lost in the middle of a statement, as if that were still under
 * way; so it is given seconds.
 */
function end(pool: postgres.Sql): Promise<void> {
  return pool.end({ timeout: 1 });
}

/** `postgres://host/nonet`: neither user nor password. */
function nameOf(url: Secret<string>): string {
  const { protocol, host, pathname } = new URL(url.reveal());
  return `${protocol}//${host}${pathname}`;
}

async function reachable<T>(url: Secret<string>, first: Promise<T>): Promise<T> {
  try {
    return await first;
  } catch (cause) {
    if (!(cause instanceof postgres.PostgresError) && !isConnectionLoss(cause)) throw cause;
    throw unusable(nameOf(url), cause, "Check DATABASE_URL, and that the server runs and lets this machine in.");
  }
}

async function migrate(sql: Transaction, name: string): Promise<void> {
  await sql.run("select pg_advisory_xact_lock(?)", [shapeLock]);
  await sql.run("create table if not exists nonet_store (version bigint not null)");
  // What a trigger does is written in place in SQLite and is a function here.
  await sql.run(`create or replace function append_only() returns trigger language plpgsql
    as $$ begin raise exception 'append-only'; end $$`);
  const row = await sql.get("select version from nonet_store");
  if (row === undefined) await sql.run("insert into nonet_store values (0)");
  for (const [migration, version] of pending(name, Number(row?.["version"] ?? 0))) {
    await sql.run(inPostgres(migration));
    await sql.run("update nonet_store set version = ?", [version]);
  }
}

function statements(pool: Pool | postgres.ReservedSql<Types>): Sql {
  const all: Sql["all"] = async (text, params = []) => {
    let count = 0;
    const numbered = text.replaceAll("?", () => `$${(count += 1)}`);
    // Several statements at once, as in a migration, can only be sent without parameters and unprepared.
    return pool.unsafe<Row[]>(numbered, [...params], { prepare: params.length > 0 });
  };
  return {
    all,
    get: async (text, params) => (await all(text, params))[0],
    run: async (text, params) => void (await all(text, params)),
  };
}

/**
 * On a connection that is reserved first, because `begin` of the library may let other statements into the transaction
 * while all connections are busy (https://github.com/porsager/postgres/issues/823).
 */
async function transact<T>(pool: Pool, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  const connection = await pool.reserve();
  const sql = statements(connection);
  let lost = false;
  try {
    await sql.run("begin");
    const value = await work({ ...sql, announce: (...told) => sql.run("select pg_notify(?, ?)", told) });
    await sql.run("commit");
    return value;
  } catch (error) {
    lost =
      isConnectionLoss(error) ||
      !(await sql.run("rollback").then(
        () => true,
        () => false,
      ));
    throw error;
  } finally {
    // The library has already dropped a connection that was lost; to release it would bring it back dead.
    if (!lost) connection.release();
  }
}

/** Says in plain words that the server is away, or its disk full. */
async function toldAway<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof postgres.PostgresError && cause.code === diskFull) throw full(name, cause);
    if (!isConnectionLoss(cause)) throw cause;
    throw new OpsError({
      code: "store_away",
      message: `The store ${name} does not answer.`,
      state: "What was begun is kept, as far as the store has it.",
      hint: "Look at the database server; what is under way goes on by itself once it is back.",
      cause,
    });
  }
}

/** PostgreSQL's `disk_full`. */
const diskFull = "53100";

function isConnectionLoss(error: unknown): boolean {
  if (error instanceof postgres.PostgresError) return ["FATAL", "PANIC"].includes(error.severity);
  return error instanceof Error && "errno" in error;
}

/** In its own schema; its migrations do not bear being run twice at once. */
async function openBackend(transaction: Store["transaction"], url: Secret<string>): Promise<Backend> {
  await transaction(async (sql) => {
    await sql.run("select pg_advisory_xact_lock(?)", [shapeLock]);
    await sql.run("set local idle_in_transaction_session_timeout = 0");
    await (await BackendPostgres.connect(url.reveal())).stop();
  });
  const transform = { column: { from: postgres.toCamel } };
  const pool = postgres(url.reveal(), { ...options, transform });
  return Object.assign(BackendPostgres.fromPool(pool), { stop: () => end(pool) });
}
