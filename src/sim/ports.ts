import type { Node } from "../core/cluster.ts";
import { readFilter, rule, type Filter } from "../policy/walk.ts";
import { holderOf, isRunning, nodeAt, statesOf, type World } from "./world.ts";

/** What listens when a unit runs. Corosync's knet is UDP, which a TCP scan does not see. */
const listeners: Record<string, readonly number[]> = {
  nginx: [80, 443],
  mariadb: [3306],
  "nagios-nrpe-server": [5666],
  "corosync-qnetd": [5403],
};

/** TCP ports on which something listens on a node, ascending. */
export function listeningOn(world: World, node: Node): number[] {
  const ports = Object.entries(listeners).flatMap(([unit, list]) => (isRunning(world, node.name, unit) ? list : []));
  const ssh = statesOf(world, node.name, "ssh server").flatMap(({ ports: own }) => own as number[]);
  if (node.role === "nfs" && statesOf(world, node.name, "replicated disk").length > 0) ports.push(7788);
  if (holderOf(world, "nfs") === node.name) ports.push(2049);
  const unencrypted = node.role === "web" ? ports.filter((port) => port !== 443) : ports;
  return [...new Set([...unencrypted, ...(ssh.length > 0 ? ssh : [22])])].toSorted((a, b) => a - b);
}

/**
 * What a TCP connect tells: the rules that the node's firewall operation holds decide, then whether anything listens.
 * @param source the address it comes from
 */
export function knock(world: World, source: string, address: string, port: number): "open" | "refused" | "silent" {
  const to = nodeAt(world, address);
  if (to === undefined) return "silent";
  const [firewall] = statesOf(world, to.node.name, "firewall");
  const rules = firewall?.[address.includes(":") ? "v6" : "v4"];
  const packet = { chain: "INPUT", nic: to.nic, source, protocol: "tcp", port, state: "NEW" } as const;
  const ruling = rule(filterOf(typeof rules === "string" ? rules : ""), packet);
  if (ruling === "drop") return "silent";
  if (ruling === "reject") return "refused";
  return listeningOn(world, to.node).includes(port) ? "open" : "refused";
}

/** By its text: taking a table apart costs more than a hundred questions to it. */
const filters = new Map<string, Filter>();

function filterOf(table: string): Filter {
  const known = filters.get(table) ?? readFilter(table);
  filters.set(table, known);
  return known;
}

/** The address a node sends from to reach another one. */
export function sourceFor(node: Node, address: string, vlan: string): string {
  if (address.includes(":")) return node.ipv6?.address ?? "::";
  return address.startsWith(`${vlan}.`) ? (node.privateIp ?? node.ipv4.address) : node.ipv4.address;
}
