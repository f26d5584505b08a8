import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { OpsError } from "../core/errors.ts";
import { unusable } from "./store/port.ts";
import { aLocalDisk } from "./store/sqlite.ts";

const Holder = z.object({ pid: z.int(), startedAt: z.string() });

/**
 * Makes this process the only one that uses `stateDir`. The kernel holds the lock and drops it when the
 * process dies in whatever way, so there are no stale ones. Returns the function that gives it back.
 * @throws OpsError `store_in_use` naming the process that has it.
 */
export function holdProcessLock(stateDir: string): () => void {
  const holderFile = join(stateDir, "nonet.pid");
  const lock = open(join(stateDir, "nonet.lock"));
  try {
    lock.exec("begin exclusive");
  } catch (cause) {
    lock.close();
    throw isBusy(cause) ? inUse(stateDir, holderFile, cause) : unusable(stateDir, cause, aLocalDisk);
  }
  writeFileSync(holderFile, JSON.stringify({ pid: process.pid, startedAt: new Date().toISOString() }), { mode: 0o600 });
  return () => lock.close();
}

function open(path: string): DatabaseSync {
  try {
    closeSync(openSync(path, "a", 0o600));
    return new DatabaseSync(path, { timeout: 0 });
  } catch (cause) {
    throw unusable(path, cause, aLocalDisk);
  }
}

/** `SQLITE_BUSY`. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === 5;
}

function inUse(stateDir: string, holderFile: string, cause: unknown): OpsError {
  let who = "another process";
  try {
    const { pid, startedAt } = Holder.parse(JSON.parse(readFileSync(holderFile, "utf8")));
    who = `process ${pid} (started ${startedAt})`;
  } catch {
    // The holder has not written its name yet; that it holds the lock is certain all the same.
  }
  return new OpsError({
    code: "store_in_use",
    message: `Nonet is already running on ${stateDir}: ${who} holds the store.`,
    state: "Nothing was changed.",
    hint: "Use the running one, stop it first, or give this one another NONET_STATE_DIR.",
    cause,
  });
}
