import type { Cluster, Node } from "../core/cluster.ts";
import type { Stage } from "../core/converge.ts";
import type { ClusterSecrets } from "../core/secrets.ts";
import { adminStages } from "./admin.ts";
import { baseStages } from "./base.ts";
import { dbService, dbStages } from "./db.ts";
import { lbService, lbStages } from "./lb.ts";
import { nfsService, nfsStages } from "./nfs.ts";
import { nrpeStages } from "./nrpe.ts";
import { contentStages, webStages } from "./web.ts";

/** All phases, in order; `title` is completed by “on db1”. */
const phases = [
  /** What every node needs. */
  { name: "base", title: "Basics" },
  /** What a node does by itself. */
  { name: "role", title: "Role" },
  /** What a pair does together, said to one of its nodes. */
  { name: "pair", title: "Shared service" },
  /** What needs the addresses of other roles. */
  { name: "content", title: "Content" },
] as const;

/** Everything on one node up to a point at which all nodes wait for one another. */
export interface Phase {
  readonly name: (typeof phases)[number]["name"];
  readonly title: string;
  readonly stages: readonly Stage[];
}

/** The whole wanted state of a node, by phase. */
export function desired(cluster: Cluster, node: Node, secrets: ClusterSecrets): Phase[] {
  const stages: Record<Phase["name"], readonly Stage[]> = {
    base: baseStages(cluster, node),
    role: [...roleStages(cluster, node, secrets), ...nrpeStages(cluster, node, secrets)],
    pair: node.index === 1 ? pairStages(cluster, node) : [],
    content: node.role === "web" ? contentStages(cluster, node) : [],
  };
  return phases.map(({ name, title }) => ({ name, title, stages: stages[name] }));
}

function roleStages(cluster: Cluster, node: Node, secrets: ClusterSecrets): Stage[] {
  switch (node.role) {
    case "lb":
      return lbStages(cluster, node, secrets);
    case "web":
      return webStages(cluster, node, secrets);
    case "db":
      return dbStages(cluster, node, secrets);
    case "nfs":
      return nfsStages(cluster, node, secrets);
    case "admin":
      return adminStages(cluster, node, secrets);
  }
}

function pairStages(cluster: Cluster, node: Node): Stage[] {
  switch (node.role) {
    case "lb":
      return lbService(cluster);
    case "db":
      return dbService(cluster);
    case "nfs":
      return nfsService(cluster);
    case "web":
    case "admin":
      return [];
  }
}
