import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { OpsError } from "../core/errors.ts";

/** The one file of everything Nonet remembers. */
export interface Database {
  readonly path: string;
  readonly sql: DatabaseSync;
  /** All of `work`'s writes or none; must not be nested. */
  transaction<T>(work: () => T): T;
}

/** Each entry brings the store from the version of its index to the next; never edited once released. */
const migrations = [
  `create table blueprints (cluster text not null, version integer not null, json text not null, at text not null,
     primary key (cluster, version)) strict;
   create table inventories (cluster text primary key, json text not null, at text not null) strict;
   create table secrets (cluster text not null, name text not null, sealed blob not null, at text not null,
     primary key (cluster, name)) strict;
   create table runs (id text primary key, playbook text not null, version integer not null, cluster text,
     input text not null, risk text not null, actor text not null, engine_id text, created_at text not null,
     outcome text, seconds real, changed integer, cancelled_by text) strict;
   create index runs_unfinished on runs (cluster) where outcome is null;
   create table cluster_locks (cluster text primary key, run_id text not null, at text not null) strict;
   create table events (run_id text not null, seq integer not null, at text not null, json text not null,
     primary key (run_id, seq)) strict;
   create table approvals (id text primary key, run_id text not null, json text not null,
     expires_at integer not null, verdict text, actor text, decided_at text) strict;`,
];

/**
 * Opens the store in `stateDir`, made (0700, file 0600) at first, and brings it up to date.
 * @throws OpsError `store_too_new` when a newer Nonet wrote it, `store_unusable` when it cannot be opened.
 */
export function openDatabase(stateDir: string): Database {
  const path = join(stateDir, "nonet.db");
  const sql = connect(path);
  const found = Number(sql.prepare("pragma user_version").get()?.["user_version"] ?? 0);
  if (found > migrations.length) {
    sql.close();
    throw new OpsError({
      code: "store_too_new",
      message: `The store ${path} was written by a newer Nonet (store version ${found}, this one knows ${migrations.length}).`,
      state: "Nothing was changed.",
      hint: "Start the newer Nonet, or put a backup of the older store in its place.",
    });
  }
  const transaction = <T>(work: () => T): T => {
    sql.exec("begin immediate");
    try {
      const value = work();
      sql.exec("commit");
      return value;
    } catch (error) {
      sql.exec("rollback");
      throw error;
    }
  };
  for (const [at, migration] of migrations.entries()) {
    if (at >= found) transaction(() => sql.exec(`${migration} pragma user_version = ${at + 1}`));
  }
  return { path, sql, transaction };
}

/** The folder of the store, private to this user. */
export function ensureStateDir(stateDir: string): void {
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unusable(stateDir, cause);
  }
}

function connect(path: string): DatabaseSync {
  try {
    // SQLite gives its journal files the mode of the database, so it must be right before the first write.
    closeSync(openSync(path, "a", 0o600));
    chmodSync(path, 0o600);
    const sql = new DatabaseSync(path);
    sql.exec("pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = full");
    return sql;
  } catch (cause) {
    throw unusable(path, cause);
  }
}

/** The error that says that a part of the store cannot be used. */
export function unusable(path: string, cause: unknown): OpsError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new OpsError({
    code: "store_unusable",
    message: `The store ${path} cannot be opened: ${why}.`,
    hint: "Set NONET_STATE_DIR to a folder on a local disk that this user may write.",
    cause,
  });
}
