import type { Cluster, Node } from "../core/cluster.ts";
import type { Stage } from "../core/converge.ts";
import type { ClusterSecrets } from "../core/secrets.ts";
import { monitoringStages } from "./admin.ts";
import { firewallStage, hostsItem } from "./base.ts";
import { balancerStages } from "./lb.ts";

/** The names of the web servers, among those of all nodes. */
const namesStage = (cluster: Cluster, node: Node): Stage => ({ name: "names", items: [hostsItem(cluster, node)] });

/** Lets the web servers in: for nodes that they ask, before they are used and until they are not used any more. */
export function doorStages(cluster: Cluster, node: Node): Stage[] {
  return [namesStage(cluster, node), firewallStage(cluster, node)];
}

/** All that nodes which stay have to be told when there are more or fewer web servers. */
export function webSetStages(cluster: Cluster, node: Node, secrets: ClusterSecrets): Stage[] {
  switch (node.role) {
    case "lb":
      return [...doorStages(cluster, node), ...balancerStages(cluster, secrets)];
    case "db":
    case "nfs":
      return doorStages(cluster, node);
    case "admin":
      return [namesStage(cluster, node), ...monitoringStages(cluster)];
    case "web":
      return [namesStage(cluster, node)];
  }
}
