import type { Backend } from "openworkflow/internal";
import { OpsError } from "../../core/errors.ts";

/** What a column holds: text, numbers, bytes. Times are text in ISO 8601 or milliseconds since 1970. */
type Value = string | number | Uint8Array | null;
/** A row by the names of its columns. */
export type Row = Readonly<Record<string, Value>>;

/** Statements that SQLite and PostgreSQL both speak; `?` is a placeholder wherever it stands. */
export interface Sql {
  all(sql: string, params?: readonly Value[]): Promise<readonly Row[]>;
  get(sql: string, params?: readonly Value[]): Promise<Row | undefined>;
  run(sql: string, params?: readonly Value[]): Promise<void>;
}

/** What processes on one store tell each other: an event was written, runs are free to be taken up, one was cancelled. */
type Channel = "nonet_events" | "nonet_freed" | "nonet_cancelled";

/** Statements of one transaction. */
export interface Transaction extends Sql {
  /** Tells every process that listens, once the transaction has committed; who is not there misses it. */
  announce(channel: Channel, message: string): Promise<void>;
}

/** Everything Nonet remembers. */
export interface Store extends Sql {
  /** One process has a SQLite store to itself; any number of them share a PostgreSQL one. */
  readonly kind: "sqlite" | "postgres";
  /** What people call it; without a password. */
  readonly name: string;
  /** SQL for milliseconds since 1970 by the store's own clock. */
  readonly now: string;
  /** The durable engine's tables of runs and of what woke them. */
  readonly workflowRuns: string;
  readonly workflowSignals: string;
  /** All of `work`'s writes or none. `work` must use nothing of the store but what it is given. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Hears what is announced until the store is closed; `gap` when something may have been missed. */
  listen(channel: Channel, heard: (message: string) => void, gap: () => void): Promise<void>;
  /** Opens the durable engine's part of the store. */
  openBackend(): Promise<Backend>;
  close(): Promise<void>;
}

/**
 * Whether the store takes or tells nothing for now; whatever needed it can be done again when it does. Told by the code,
 * because that is what stays of an error of one among many.
 */
export function isAway(error: unknown): boolean {
  return error instanceof OpsError && ["store_away", "store_full"].includes(error.code);
}

/** The error that says that nothing more can be written for now. */
export function full(name: string, cause: unknown): OpsError {
  return new OpsError({
    code: "store_full",
    message: `There is no room left on the disk of the store ${name}.`,
    state: "Nothing was changed.",
    hint: "Make room there, then give the command again; what is under way goes on by itself.",
    cause,
  });
}

/** The error that says that a part of the store cannot be used. */
export function unusable(name: string, cause: unknown, hint: string): OpsError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new OpsError({
    code: "store_unusable",
    message: `The store ${name} cannot be opened: ${why}.`,
    hint,
    cause,
  });
}
