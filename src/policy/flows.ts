import { nodesWith, pairRoles, peerOf, roles, type Cluster, type Node, type Role } from "../core/cluster.ts";
import type { Range } from "./address.ts";
import { parseRange } from "./address.ts";

/** Who may begin: all nodes of a role, the other node of a pair, anybody, or the operators' networks. */
type Party = Role | "peer" | "internet" | "operators";

/** Something that may be reached. Only what really listens is a flow; answers need none (connection tracking). */
export interface Flow {
  readonly from: Party;
  readonly to: Role;
  /** `icmp`: echo requests, of both families. */
  readonly protocol: "tcp" | "udp" | "icmp";
  /** First and last port of each range; empty for `icmp`. */
  readonly ports: readonly (readonly [number, number])[];
  /** `eth0` public, `eth1` VLAN. */
  readonly interface: "eth0" | "eth1";
  /** A few words without quotes; the comment of the rule. */
  readonly reason: string;
}

type Ports = readonly (number | readonly [number, number])[];

function flows(
  from: Party,
  to: readonly Role[],
  nic: Flow["interface"],
  protocol: Flow["protocol"],
  ports: Ports,
  reason: string,
): Flow[] {
  const ranges = ports.map((port) => (typeof port === "number" ? ([port, port] as const) : port));
  return to.map((role) => ({ from, to: role, protocol, ports: ranges, interface: nic, reason }));
}

const watched = roles.filter((role) => role !== "admin");

/**
 * Everything that may be reached from outside of a node; all else is closed. The firewall rules, the table in the
 * documentation, the scan from outside and the sentences about rules come from here.
 */
export const matrix: readonly Flow[] = [
  ...flows("internet", ["lb"], "eth0", "tcp", [80, 443], "public website"),
  ...flows("lb", ["web"], "eth1", "tcp", [80], "requests passed on"),
  ...flows("web", ["db"], "eth1", "tcp", [3306], "queries of the site"),
  ...flows("peer", ["db"], "eth1", "tcp", [3306], "database replication"),
  ...flows("web", ["nfs"], "eth1", "tcp", [2049], "content over NFSv4"),
  ...flows("peer", ["nfs"], "eth1", "tcp", [7788], "DRBD replication"),
  // knet uses one port per link from 5405 on: corosync.conf(5), mcastport.
  ...flows("peer", pairRoles, "eth1", "udp", [[5405, 5412]], "Corosync"),
  ...pairRoles.flatMap((role) => flows(role, ["admin"], "eth0", "tcp", [5403], "quorum device")),
  ...flows("operators", roles, "eth0", "tcp", [322], "SSH of operators"),
  ...flows("admin", watched, "eth0", "tcp", [322], "SSH from admin"),
  ...flows("admin", watched, "eth0", "tcp", [5666], "monitoring checks"),
  ...flows("admin", watched, "eth0", "icmp", [], "monitoring ping"),
];

/** Where a flow to this node may come from: networks of both families, sorted as given, without repetition. */
export function sources(cluster: Cluster, node: Node, flow: Flow): readonly Range[] {
  const texts = sourceTexts(cluster, node, flow);
  const ranges = texts.map(parseRange);
  return ranges.filter((range, index) => ranges.findIndex((other) => other.text === range.text) === index);
}

function sourceTexts(cluster: Cluster, node: Node, { from, interface: nic }: Flow): string[] {
  if (from === "internet") return nic === "eth0" ? ["0.0.0.0/0", "::/0"] : [];
  if (from === "operators") return [...cluster.blueprint.operators];
  const peer = peerOf(cluster, node);
  const others = from === "peer" ? (peer === undefined ? [] : [peer]) : nodesWith(cluster, from);
  return others.filter((other) => other.name !== node.name).flatMap((other) => addressesOn(other, nic));
}

/** The node's own addresses on an interface, as networks of one address. */
export function addressesOn(node: Node, nic: Flow["interface"]): string[] {
  if (nic === "eth1") return node.privateIp === null ? [] : [`${node.privateIp}/32`];
  return [`${node.ipv4.address}/32`, ...(node.ipv6 === null ? [] : [`${node.ipv6.address}/128`])];
}

/** Ports in words: `80, 443`, `5405-5412`. */
export function portWords(flow: Flow): string {
  return flow.ports.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(", ");
}
