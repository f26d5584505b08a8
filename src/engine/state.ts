import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterStore, Sights } from "../core/ports.ts";
import type { Secret } from "../core/secret.ts";
import type { Watched } from "../core/watch.ts";
import { clusterStore } from "./clusters.ts";
import { masterKey } from "./key.ts";
import { holdProcessLock } from "./process-lock.ts";
import { openSeries, type OpenSeries } from "./series.ts";
import { sightStore } from "./sights.ts";
import type { Store } from "./store/port.ts";
import { openPostgres } from "./store/postgres.ts";
import { ensureStateDir, openSqlite } from "./store/sqlite.ts";
import { watchedIn } from "./watches.ts";
import { isSealed, openVault, type OpenVault } from "./vault.ts";

/** Where Nonet keeps what it remembers. */
export interface Place {
  /** This process's own folder, with the store in it unless there is a `databaseUrl`. */
  readonly stateDir: string;
  /** A PostgreSQL database, which other instances may share. */
  readonly databaseUrl: Secret<string> | null;
}

/** Everything Nonet remembers, open, and its folder held by this process alone. */
export interface State {
  readonly clusters: ClusterStore;
  readonly sights: Sights;
  readonly series: OpenSeries;
  readonly watched: Watched;
  readonly vault: OpenVault;
  /** Where the key that seals the secrets came from, in words. */
  readonly keySource: string;
  readonly store: Store;
  /** The name of the state folder, the same for every process that ever has it. */
  readonly home: string;
  /** Closes the store; nothing of it may be used afterwards. */
  close(): Promise<void>;
}

/**
 * Opens the store; makes it, and a key file where no key is given, at the first start.
 * @throws OpsError `store_in_use`, `store_too_new`, `store_unusable`, `bad_key`, `key_missing` or `wrong_key`.
 */
export async function openState(
  { stateDir, databaseUrl }: Place,
  env: NodeJS.ProcessEnv,
  now: () => number = Date.now,
): Promise<State> {
  ensureStateDir(stateDir);
  const release = holdProcessLock(stateDir);
  let store: Store | undefined;
  const close = async () => {
    await store?.close();
    release();
  };
  try {
    store = databaseUrl === null ? openSqlite(stateDir) : await openPostgres(databaseUrl);
    const key = masterKey(stateDir, env, (await isSealed(store)) ? store.name : undefined);
    const clusters = clusterStore(store, now);
    const domains = async (cluster: string) => (await clusters.blueprint(cluster))?.site.domains ?? [];
    const vault = await openVault(store, key, { domains, now });
    return {
      clusters,
      sights: sightStore(store, now),
      series: openSeries(store, now),
      watched: watchedIn(store),
      vault,
      keySource: key.source,
      store,
      home: homeOf(stateDir),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function homeOf(stateDir: string): string {
  const file = join(stateDir, "nonet.home");
  if (!existsSync(file)) writeFileSync(file, randomUUID(), { mode: 0o600 });
  return readFileSync(file, "utf8");
}
