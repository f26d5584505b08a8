import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ClusterStore } from "../core/ports.ts";
import { clusterStore } from "./clusters.ts";
import { masterKey } from "./key.ts";
import { holdProcessLock } from "./process-lock.ts";
import { ensureStateDir, openDatabase, type Database } from "./store.ts";
import { openVault, type OpenVault } from "./vault.ts";

/** Everything Nonet remembers, open and held by this process alone. */
export interface State {
  readonly clusters: ClusterStore;
  readonly vault: OpenVault;
  /** Where the key that seals the secrets came from, in words. */
  readonly keySource: string;
  readonly database: Database;
  /** Closes the store; nothing of it may be used afterwards. */
  close(): void;
}

/**
 * Opens the store in `stateDir`; makes it, and a key file where no key is given, at the first start.
 * @throws OpsError `store_in_use`, `store_too_new`, `store_unusable`, `bad_key`, `key_missing` or `wrong_key`.
 */
export function openState(stateDir: string, env: NodeJS.ProcessEnv, now: () => number = Date.now): State {
  ensureStateDir(stateDir);
  const release = holdProcessLock(stateDir);
  try {
    const key = masterKey(stateDir, env, existsSync(join(stateDir, "nonet.db")));
    const database = openDatabase(stateDir);
    const clusters = clusterStore(database, now);
    const domains = async (cluster: string) => (await clusters.blueprint(cluster))?.site.domains ?? [];
    const vault = openVault(database, key, { domains, now });
    const close = () => {
      database.sql.close();
      release();
    };
    return { clusters, vault, keySource: key.source, database, close };
  } catch (error) {
    release();
    throw error;
  }
}
