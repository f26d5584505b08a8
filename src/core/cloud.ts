import { OpsError } from "./errors.ts";

/** A machine as the provider lists it. */
export interface CloudNode {
  readonly id: number;
  readonly label: string;
  readonly region: string;
  readonly type: string;
  /** The provider's word: `provisioning`, `booting`, `running`, `offline` ... */
  readonly status: string;
  readonly tags: readonly string[];
  readonly ipv4: readonly string[];
  /** Address without prefix length. */
  readonly ipv6: string | null;
  /** Which physical host it is on; two nodes with the same value die together. */
  readonly hostUuid: string | null;
}

/** What a node should be when it is created. */
export interface NodeSpec {
  readonly label: string;
  readonly region: string;
  readonly type: string;
  readonly image: string;
  /** The first tag is the cluster's: a machine without it is never touched. */
  readonly tags: readonly string[];
  readonly authorizedKeys: readonly string[];
  /** Plain cloud-config text. Anything on the node can read it. */
  readonly userData: string;
  /** `ipamAddress` is a CIDR such as `10.10.0.21/24`. */
  readonly vlan: { readonly label: string; readonly ipamAddress: string } | null;
  /** Size in MB of an empty extra disk (`/dev/sdc`), or none. */
  readonly dataDiskMb: number | null;
  /** Label of a placement group that exists in the same region. */
  readonly placementGroup: string | null;
}

/** What was done so that a node is there and runs. */
interface EnsuredNode {
  readonly created: boolean;
  /** It was off, as a new one is, and was booted. */
  readonly booted: boolean;
}

/** The public addresses of a node. */
export interface NodeAddresses {
  readonly ipv4: { readonly address: string; readonly gateway: string; readonly prefix: number };
  readonly ipv6: { readonly address: string; readonly prefix: number; readonly gateway: string } | null;
  /** Further public IPv4 addresses of its own. */
  readonly extra: readonly string[];
  /** IPv4 addresses of other nodes that it may take over. */
  readonly shared: readonly string[];
}

/** Price and size of a plan; `monthlyUsd` is that of the region asked for. */
export interface NodePrice {
  readonly monthlyUsd: number;
  readonly label: string;
  readonly diskMb: number;
  readonly memoryMb: number;
  readonly vcpus: number;
}

/** A data centre. */
export interface CloudRegion {
  readonly id: string;
  readonly label: string;
  readonly capabilities: readonly string[];
  readonly status: string;
  /** Addresses of its name servers, IPv4 and IPv6. */
  readonly resolvers: readonly string[];
}

/** A group whose members must not share a physical host. */
export interface CloudPlacementGroup {
  readonly id: number;
  readonly label: string;
  readonly region: string;
  /** Ids of its nodes. */
  readonly members: readonly number[];
}

/** Work on the host of a node, as the provider announced it. */
export interface CloudMaintenance {
  readonly nodeId: number;
  /** The provider's word: `reboot`, `cold_migration`, `live_migration`, `power_off_on` … */
  readonly type: string;
  readonly started: boolean;
  /** When it begins, in milliseconds since 1970; `null` where the provider does not say. */
  readonly at: number | null;
  /** The provider's words. */
  readonly reason: string;
}

/** Something the provider wants the owner of the account to know. */
export interface CloudNotification {
  /** The provider's word: `outage`, `ticket_abuse`, `payment_due` … */
  readonly type: string;
  readonly severity: "minor" | "major" | "critical";
  /** The provider's words. */
  readonly message: string;
  /** The node or region it is about, if it is about one. */
  readonly nodeId: number | null;
  readonly region: string | null;
  /** When it happens, in milliseconds since 1970, if it lies ahead. */
  readonly at: number | null;
}

/** What the provider announced and is not over yet. */
export interface CloudAnnouncements {
  readonly maintenance: readonly CloudMaintenance[];
  readonly notifications: readonly CloudNotification[];
}

/** Who the API token belongs to, and what it may do. */
interface CloudAccount {
  readonly username: string;
  /** `null` where the provider does not say. */
  readonly scopes: readonly string[] | null;
  /** Scopes that a build takes and the token lacks. */
  readonly missing: readonly string[];
  /** Scopes the token lacks without which something cannot be told: what the provider announces. */
  readonly blind: readonly string[];
}

/** What every call needs from its caller. */
export interface CloudContext {
  readonly signal: AbortSignal;
  /** Takes progress in words, such as `deploying 40 %`. */
  say(sentence: string): void;
}

/**
 * The provider of machines. Every call may be repeated; each failure is an `OpsError` whose code begins with `cloud_`.
 */
export interface Cloud {
  /**
   * Finds the node by label and tag, else creates it, and resolves once it runs. Finishes what an interrupted try left
   * behind. Refuses (`cloud_foreign_node`) a label that exists without the cluster's tag.
   */
  ensureNode(spec: NodeSpec, context: CloudContext): Promise<CloudNode & EnsuredNode>;
  /** All nodes that carry the tag. */
  listNodes(tag: string, context: CloudContext): Promise<CloudNode[]>;
  addresses(id: number, context: CloudContext): Promise<NodeAddresses>;
  /** An extra public IPv4 address on the node; the one it has, if it has one. */
  ensureExtraIpv4(id: number, context: CloudContext): Promise<string>;
  /** Allows the node to take over these addresses, beside those it may already. */
  shareIpv4(id: number, addresses: readonly string[], context: CloudContext): Promise<void>;
  /** Returns the id of the group, made if there was none. */
  ensurePlacementGroup(label: string, region: string, context: CloudContext): Promise<number>;
  /** Its members must be gone; no such group is no error. */
  deletePlacementGroup(label: string, context: CloudContext): Promise<void>;
  listPlacementGroups(prefix: string, context: CloudContext): Promise<CloudPlacementGroup[]>;
  /** Deletes the node if it carries the tag, and waits until it is gone; a node that is gone already is no error. */
  deleteNode(id: number, tag: string, context: CloudContext): Promise<void>;
  /** Resolves once it runs; a running node is left alone. */
  boot(id: number, context: CloudContext): Promise<void>;
  /** Resolves once it is off; a node that is off is left alone. */
  shutdown(id: number, context: CloudContext): Promise<void>;
  /** Throws `cloud_unknown_type` for a plan that does not exist. */
  prices(types: readonly string[], region: string, context: CloudContext): Promise<Map<string, NodePrice>>;
  /** Price of an extra IPv4 address, where it is known. */
  readonly extraIpv4MonthlyUsd: number | null;
  regions(context: CloudContext): Promise<CloudRegion[]>;
  /** Throws `cloud_scope` when the token may not read the account. */
  maintenance(context: CloudContext): Promise<CloudAnnouncements>;
  whoAmI(context: CloudContext): Promise<CloudAccount>;
}

/** The error for a token that may not do what a build takes. */
export function tokenLacks(scopes: readonly string[]): OpsError {
  return new OpsError({
    code: "cloud_scope",
    message: `The API token lacks ${scopes.join(" and ")}.`,
    state: "Nothing was changed.",
    hint: "Make a token with these scopes, put it into LINODE_TOKEN and start Nonet again.",
  });
}
