import type { Cloud } from "./cloud.ts";
import type { Blueprint, Inventory, Node, InventoryNode } from "./cluster.ts";
import type { Json } from "./json.ts";
import type { Lock } from "./lock.ts";
import type { Secret } from "./secret.ts";
import type { ClusterSecrets } from "./secrets.ts";
import type { Series } from "./series.ts";
import type { Target } from "./target.ts";
import type { Watched } from "./watch.ts";

/** An ed25519 key for SSH. */
export interface KeyPair {
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicKey: string;
  /** In OpenSSH's own format. */
  readonly privateKey: Secret<string>;
}

/** What clusters should be and what exists of them. */
export interface ClusterStore {
  /** The newest version; `undefined` for a cluster nobody saved. */
  blueprint(name: string): Promise<Blueprint | undefined>;
  /**
   * Saves what the configuration says as a new version, unless it equals the newest; the number of web servers only where
   * it changed there since the last time. Returns the version it has.
   */
  configure(blueprint: Blueprint): Promise<number>;
  /** Saves another number of web servers, and nothing else, for a cluster that has a blueprint. */
  setWebCount(name: string, count: number): Promise<number>;
  /** `undefined` while nothing was created. */
  inventory(name: string): Promise<Inventory | undefined>;
  saveInventory(inventory: Inventory): Promise<void>;
  /** Forgets blueprint and inventory. */
  forgetCluster(name: string): Promise<void>;
  /** Names of all clusters with a blueprint or an inventory, sorted. */
  list(): Promise<string[]>;
  /** What people have locked; a freeze first. */
  locks(): Promise<Lock[]>;
}

/** What was seen last, so that the next look can say what is new. */
export interface Sights {
  /** The last one of this kind; `undefined` when there was none. `at` is ISO 8601, UTC. */
  last(cluster: string, kind: string): Promise<{ readonly at: string; readonly facts: Json } | undefined>;
  /** Keeps it in the place of the one before; `facts` holds no secrets. */
  keep(cluster: string, kind: string, facts: Json): Promise<void>;
  /** Forgets all of a cluster that is gone. */
  forget(cluster: string): Promise<void>;
}

/** Everything that was generated. Each is made at the first call and the same ever after. */
export interface Vault {
  secrets(cluster: string): Promise<ClusterSecrets>;
  /** The host key a node is given at birth, so that it can be pinned before the first connection. */
  hostKey(cluster: string, node: string): Promise<KeyPair>;
  /** The bot's own key, the same for all clusters. */
  botKey(): Promise<KeyPair>;
  /** Forgets the secrets and host keys of a cluster that is gone. */
  forget(cluster: string): Promise<void>;
}

/** Time. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** A node that can be connected to. */
type Reachable = InventoryNode & Pick<Node, "name">;

/** A look at nodes from outside of all clusters. */
export interface Outside {
  /** `states[address][port]`; `null` when there is no place to look from that is a stranger to the clusters. */
  scan(
    targets: readonly { readonly address: string; readonly ports: readonly number[] }[],
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, Readonly<Record<number, "open" | "refused" | "silent">>>> | null>;
}

/** The world, as playbooks and commands reach it. */
export interface Services {
  readonly cloud: Cloud;
  /** The node as a target; connects when it is first used. */
  fleet(cluster: string, node: Reachable): Target;
  readonly clusters: ClusterStore;
  readonly sights: Sights;
  readonly series: Series;
  readonly watched: Watched;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly outside: Outside;
}
