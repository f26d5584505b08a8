import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Backend } from "openworkflow/internal";
import { BackendSqlite } from "openworkflow/sqlite";
import { pending } from "./migrations.ts";
import { full, unusable, type Row, type Sql, type Store } from "./port.ts";

/** The hint that goes with a store file that cannot be used. */
export const aLocalDisk = "Set NONET_STATE_DIR to a folder on a local disk that this user may write.";

/**
 * Opens the store file in `stateDir`, made (0600) at first, and brings it up to date.
 * @throws OpsError `store_too_new` when a newer Nonet wrote it, `store_unusable` when it cannot be opened.
 */
export function openSqlite(stateDir: string): Store {
  const path = join(stateDir, "nonet.db");
  const connection = connect(path);
  try {
    migrate(connection, path);
  } catch (error) {
    connection.close();
    throw error;
  }
  const sql = direct(connection);
  const inTurn = queue(path);
  return {
    kind: "sqlite",
    name: path,
    now: "cast(unixepoch('subsec') * 1000 as integer)",
    workflowRuns: "workflow_runs",
    workflowSignals: "workflow_signals",
    all: (text, params) => inTurn(() => sql.all(text, params)),
    get: (text, params) => inTurn(() => sql.get(text, params)),
    run: (text, params) => inTurn(() => sql.run(text, params)),
    transaction: (work) =>
      inTurn(async () => {
        connection.exec("begin immediate");
        try {
          // There is nobody else to tell.
          const value = await work({ ...sql, announce: () => Promise.resolve() });
          connection.exec("commit");
          return value;
        } catch (error) {
          // Some failures, such as a full disk, have ended it already.
          if (connection.isTransaction) connection.exec("rollback");
          throw error;
        }
      }),
    listen: () => Promise.resolve(),
    openBackend: () => inTurn(async () => queued(openBackend(path), inTurn)),
    close: () => inTurn(() => Promise.resolve(connection.close())),
  };
}

/** The folder of the store, private to this user. */
export function ensureStateDir(stateDir: string): void {
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unusable(stateDir, cause, aLocalDisk);
  }
}

function connect(path: string): DatabaseSync {
  try {
    // SQLite gives its journal files the mode of the database, so it must be right before the first write.
    closeSync(openSync(path, "a", 0o600));
    chmodSync(path, 0o600);
    const connection = new DatabaseSync(path);
    connection.exec("pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = full");
    return connection;
  } catch (cause) {
    throw unusable(path, cause, aLocalDisk);
  }
}

function migrate(connection: DatabaseSync, path: string): void {
  const found = Number(connection.prepare("pragma user_version").get()?.["user_version"] ?? 0);
  for (const [migration, version] of pending(path, found)) {
    connection.exec(`begin immediate; ${migration} pragma user_version = ${version}; commit`);
  }
}

function direct(connection: DatabaseSync): Sql {
  return {
    all: async (text, params = []) => connection.prepare(text).all(...params) as unknown as Row[],
    get: async (text, params = []) => connection.prepare(text).get(...params) as Row | undefined,
    run: async (text, params = []) => void connection.prepare(text).run(...params),
  };
}

function openBackend(path: string): Backend {
  const backend = BackendSqlite.connect(path);
  // Its handle is private and waits for nobody; without this a backup of the file makes writes fail.
  (backend as unknown as { db: DatabaseSync }).db.exec("pragma busy_timeout = 5000");
  return backend;
}

type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** Does one thing after the other, so that nothing gets into a transaction it is no part of. */
function queue(path: string): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work).catch((error: unknown) => {
      throw isFull(error) ? full(path, error) : error;
    });
    last = next.catch(() => undefined);
    return next;
  };
}

/** `SQLITE_FULL`. */
function isFull(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === 13;
}

/** The backend in the same queue: its own handle would wait for an open transaction by blocking the whole process. */
function queued(backend: Backend, inTurn: InTurn): Backend {
  return new Proxy(backend, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => inTurn(async (): Promise<unknown> => Reflect.apply(member, target, args));
    },
  });
}
