import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import postgres from "postgres";
import type { Place } from "../../src/engine/state.ts";

/** A second connection to a store, behind the engine's back. */
export interface Raw {
  /** Values stand in the statement. */
  run(sql: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens one on either kind of store. */
export async function openRaw({ stateDir, databaseUrl }: Place): Promise<Raw> {
  if (databaseUrl === null) {
    const connection = new DatabaseSync(join(stateDir, "nonet.db"));
    connection.exec("pragma busy_timeout = 5000");
    return { run: async (sql) => connection.exec(sql), close: async () => connection.close() };
  }
  const pool = postgres(databaseUrl.reveal(), { max: 1, onnotice: () => undefined });
  return { run: async (sql) => void (await pool.unsafe(sql)), close: () => pool.end() };
}

/** Takes away what forbids changes of the audit. */
export async function dropTriggers(raw: Raw, { databaseUrl }: Place): Promise<void> {
  const of = (table: string) => (databaseUrl === null ? "" : ` on ${table}`);
  await raw.run(`drop trigger audit_no_update${of("audit")}`);
  await raw.run(`drop trigger audit_no_delete${of("audit")}`);
}

/** A value as it stands in a statement. */
export function literal(value: string | number | null): string {
  if (value === null) return "null";
  return typeof value === "number" ? String(value) : `'${value.replaceAll("'", "''")}'`;
}
