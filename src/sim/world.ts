import { nodesWith, type Cluster, type Node, type PairRole } from "../core/cluster.ts";

/** State of one operation on a simulated node: what was wanted is what is. */
export type States = Map<string, object>;

/** All simulated nodes of one cluster. */
export interface World {
  readonly cluster: Cluster;
  /** By node name. */
  readonly states: ReadonlyMap<string, States>;
}

/** Under which name a state is held. */
export const stateName = (operation: string, key: string): string => `${operation}/${key}`;

/** The states of one operation on a node. */
export function statesOf(world: World, node: string, operation: string): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  for (const [name, state] of world.states.get(node) ?? []) {
    if (name.startsWith(`${operation}/`)) found.push(state as Record<string, unknown>);
  }
  return found;
}

/** Which node of a pair has its resources: the first, once Pacemaker was told of them. */
export function holderOf(world: World, role: PairRole): string | undefined {
  const [first] = nodesWith(world.cluster, role);
  return first !== undefined && statesOf(world, first.name, "pacemaker configuration").length > 0
    ? first.name
    : undefined;
}

/** Whether a unit runs there: `nginx` or `nginx.service`. */
export function isRunning(world: World, node: string, unit: string): boolean {
  const name = /\.(service|socket|timer|mount)$/.test(unit) ? unit : `${unit}.service`;
  return statesOf(world, node, "systemd unit").some((state) => state["unit"] === name && state["running"] === true);
}

/** The node that answers at an address, floating ones included, and the card it answers on. */
export function nodeAt(world: World, address: string): { node: Node; nic: "eth0" | "eth1" } | undefined {
  for (const role of ["lb", "db", "nfs"] as const) {
    const floating = world.cluster.floating[role];
    if (floating.address !== address) continue;
    const node = world.cluster.nodes.find(({ name }) => name === holderOf(world, role));
    if (node !== undefined) return { node, nic: floating.nic };
  }
  for (const node of world.cluster.nodes) {
    if (node.ipv4.address === address || node.ipv6?.address === address) return { node, nic: "eth0" };
    if (node.privateIp === address) return { node, nic: "eth1" };
  }
  return undefined;
}
