import { z } from "zod";

/** What a node is for. */
export const roles = ["lb", "web", "db", "nfs", "admin"] as const;
export type Role = (typeof roles)[number];
/** The roles whose two nodes form a Corosync cluster and share a floating address. */
export const pairRoles = ["lb", "db", "nfs"] as const;
export type PairRole = (typeof pairRoles)[number];

/** `prod`: at most 20 characters, so that `prod-nfs1` stays a valid Linode label, host name and Corosync name. */
export const ClusterName = z
  .string()
  .regex(/^[a-z][a-z0-9]{1,19}$/, "a cluster name is 2 to 20 lower-case letters and digits, starting with a letter")
  .brand("ClusterName")
  .describe("name of a cluster");
export type ClusterName = z.infer<typeof ClusterName>;

const type = (fallback: string) => z.string().min(1).default(fallback);
const pair = (fallback: string) =>
  z.strictObject({ count: z.literal(2, "this role is a pair: count must be 2").default(2), type: type(fallback) });

/** What the cluster serves. Without one, a small status page shows that every part works. */
const Site = z.strictObject({
  domains: z.array(z.hostname()).default([]),
  /** Below the NFS export; the balancers never see it. */
  documentRoot: z
    .string()
    .regex(/^[a-z0-9][a-z0-9/_-]*$/, "documentRoot is a path below the export, without a leading slash")
    .default("site/public"),
  database: z
    .strictObject({
      name: z
        .string()
        .regex(/^[a-z][a-z0-9_]{0,31}$/)
        .default("site"),
      user: z
        .string()
        .regex(/^[a-z][a-z0-9_]{0,31}$/)
        .default("site"),
    })
    .prefault({}),
});

/** How many web servers a cluster may have; more than twenty would be more than one pair of databases feeds. */
export const WebCount = z
  .int()
  .min(2, "a cluster needs at least two web servers")
  .max(20, "a cluster has at most twenty web servers");

/** What a cluster should be. Versioned in the store; printed and read as YAML; contains no secrets. */
export const Blueprint = z.strictObject({
  name: ClusterName,
  os: z.literal("debian12").default("debian12"),
  regions: z.strictObject({ cluster: z.string().default("us-ord"), admin: z.string().default("us-east") }).prefault({}),
  nodes: z
    .strictObject({
      lb: pair("g6-nanode-1").prefault({}),
      web: z
        .strictObject({
          count: WebCount.default(2),
          type: type("g6-nanode-1"),
        })
        .prefault({}),
      db: pair("g6-standard-1").prefault({}),
      nfs: pair("g6-nanode-1").prefault({}),
      admin: z
        .strictObject({ count: z.literal(1, "there is one admin node").default(1), type: type("g6-nanode-1") })
        .prefault({}),
    })
    .prefault({}),
  /** First three octets of the VLAN's /24. */
  network: z
    .strictObject({
      vlan: z
        .string()
        .regex(/^10\.\d{1,3}\.\d{1,3}$/, "vlan is like 10.10.0 (a /24)")
        .default("10.10.0"),
    })
    .prefault({}),
  /** Networks that may reach SSH on port 322 of every node: where the bot and its operators come from. */
  operators: z.array(z.union([z.cidrv4(), z.cidrv6()])).min(1, "name at least the address of the bot itself"),
  /** Size of the replicated disk that holds the content, in MB. */
  storageMb: z.int().min(128).max(10_000_000).default(256),
  site: Site.prefault({}),
});
export type Blueprint = z.infer<typeof Blueprint>;

/** A node as the blueprint wants it, before anything exists. */
export interface NodePlan {
  /** `db1`: its host name and what people call it. */
  readonly name: string;
  readonly role: Role;
  /** 1, 2, … within the role. */
  readonly index: number;
  readonly region: string;
  readonly type: string;
  /** Address on the VLAN; `null` for admin, which is in another region. */
  readonly privateIp: string | null;
}

/** What exists of a node; read from the API and kept in the inventory. */
export const InventoryNode = z.object({
  linodeId: z.int(),
  label: z.string(),
  ipv4: z.object({ address: z.ipv4(), gateway: z.ipv4(), prefix: z.int() }),
  ipv6: z.object({ address: z.ipv6(), gateway: z.ipv6(), prefix: z.int() }).nullable(),
  /** Pinned: `ssh-ed25519 AAAA…`. */
  hostKey: z.string(),
  /** 22 until the node has been moved to 322. */
  sshPort: z.union([z.literal(22), z.literal(322)]),
});
export type InventoryNode = z.infer<typeof InventoryNode>;

/** What exists of a cluster. */
export const Inventory = z.object({
  cluster: ClusterName,
  nodes: z.record(z.string(), InventoryNode),
  /** The public floating address of the balancers, once it has been allocated. */
  publicAddress: z.object({ address: z.ipv4(), prefix: z.int() }).nullable(),
});
export type Inventory = z.infer<typeof Inventory>;

/** A node that exists: plan and inventory in one. */
export type Node = NodePlan & InventoryNode;

/** A whole cluster that exists, as the pure functions of `policy` see it. */
export interface Cluster {
  readonly blueprint: Blueprint;
  readonly nodes: readonly Node[];
  readonly floating: { readonly lb: Floating; readonly db: Floating; readonly nfs: Floating };
}

/** An address that is on exactly one node of a pair. */
export interface Floating {
  readonly address: string;
  readonly prefix: number;
  /** `eth0` public, `eth1` VLAN. */
  readonly nic: "eth0" | "eth1";
}

/** Linode tag that says "belongs to this cluster". */
export const clusterTag = (name: string): string => `ha:${name}`;
/** Linode label of a node; unique per account. */
export const nodeLabel = (cluster: string, node: string): string => `${cluster}-${node}`;

const firstHost: Record<Role, number> = { lb: 10, db: 20, nfs: 30, web: 40, admin: 0 };

/** All nodes the blueprint asks for, in the order people list them: lb, web, db, nfs, admin. */
export function plannedNodes(blueprint: Blueprint): NodePlan[] {
  return roles.flatMap((role) =>
    Array.from({ length: blueprint.nodes[role].count }, (_, at) => nodePlan(blueprint, role, at + 1)),
  );
}

/** One node of a role, whether or not the blueprint asks for so many; `index` counts from 1. */
export function nodePlan(blueprint: Blueprint, role: Role, index: number): NodePlan {
  return {
    name: `${role}${index}`,
    role,
    index,
    region: role === "admin" ? blueprint.regions.admin : blueprint.regions.cluster,
    type: blueprint.nodes[role].type,
    privateIp: role === "admin" ? null : `${blueprint.network.vlan}.${firstHost[role] + index}`,
  };
}

/** The same blueprint with another number of web servers. */
export function withWebs({ nodes, ...rest }: Blueprint, count: number): Blueprint {
  return { ...rest, nodes: { ...nodes, web: { ...nodes.web, count } } };
}

/** The floating address of db or nfs on the VLAN; never handed out as a node's own address. */
export function privateFloating(blueprint: Blueprint, role: "db" | "nfs"): Floating {
  return { address: `${blueprint.network.vlan}.${firstHost[role]}`, prefix: 24, nic: "eth1" };
}

/** Joins blueprint and inventory. Returns `undefined` while some node or the public address does not exist yet. */
export function toCluster(blueprint: Blueprint, inventory: Inventory): Cluster | undefined {
  const nodes = plannedNodes(blueprint).flatMap((plan) => {
    const known = inventory.nodes[plan.name];
    return known === undefined ? [] : [{ ...plan, ...known }];
  });
  if (nodes.length < plannedNodes(blueprint).length || inventory.publicAddress === null) return undefined;
  return clusterOf(blueprint, nodes, inventory.publicAddress);
}

/** A whole cluster of these nodes, whose balancers share this address. */
export function clusterOf(
  blueprint: Blueprint,
  nodes: readonly Node[],
  publicAddress: NonNullable<Inventory["publicAddress"]>,
): Cluster {
  return {
    blueprint,
    nodes,
    floating: {
      lb: { ...publicAddress, nic: "eth0" },
      db: privateFloating(blueprint, "db"),
      nfs: privateFloating(blueprint, "nfs"),
    },
  };
}

/** Nodes of a role. */
export function nodesWith(cluster: Cluster, role: Role): Node[] {
  return cluster.nodes.filter((node) => node.role === role);
}

/** The other node of the pair, for a node of a pair role. */
export function peerOf(cluster: Cluster, node: Node): Node | undefined {
  return (pairRoles as readonly Role[]).includes(node.role)
    ? cluster.nodes.find((other) => other.role === node.role && other.name !== node.name)
    : undefined;
}
