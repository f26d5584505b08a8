import type { Cluster, Node } from "../core/cluster.ts";
import { contains } from "./address.ts";
import { matrix, sources, type Flow } from "./flows.ts";

/** An address to knock at, and what must answer there. */
export interface Expectation {
  /** `db1 public`, `db1 VLAN`, `db floating`. */
  readonly name: string;
  readonly address: string;
  /** TCP ports that must be open, ascending; every other one must not be. */
  readonly open: readonly number[];
  /** Of these, ports where the firewall lets in but nothing may listen: a service that is on the peer right now. */
  readonly idle: readonly number[];
}

/** Where packets come from: a node of the cluster, or anywhere that is neither cluster nor operator. */
export type Origin = Node | "internet";

/**
 * All addresses of the cluster that can be reached from `from`, with the TCP ports the matrix opens to it. A floating
 * address is left out for nodes of its own pair: whether it is their own changes what is open.
 */
export function expected(cluster: Cluster, from: Origin, flows: readonly Flow[] = matrix): Expectation[] {
  const others = cluster.nodes.filter((node) => from === "internet" || node.name !== from.name);
  const vlan = from !== "internet" && from.privateIp !== null;
  const look = (to: Node, name: string, address: string, nic: Flow["interface"]): Expectation => ({
    name: `${to.name} ${name}`,
    address,
    open: openPorts(cluster, from, to, nic, flows),
    // NFS is served by one node of its pair only; DRBD listens only while it is not connected.
    idle: to.role === "nfs" ? [2049, 7788] : [],
  });
  const list = others.flatMap((to) => [
    look(to, "public", to.ipv4.address, "eth0"),
    ...(to.ipv6 === null || (from !== "internet" && from.ipv6 === null)
      ? []
      : [look(to, "public IPv6", to.ipv6.address, "eth0")]),
    ...(to.privateIp === null || !vlan ? [] : [look(to, "VLAN", to.privateIp, "eth1")]),
  ]);
  return [...list, ...floating(cluster, from, vlan, flows)];
}

function floating(cluster: Cluster, from: Origin, vlan: boolean, flows: readonly Flow[]): Expectation[] {
  return (["lb", "db", "nfs"] as const).flatMap((role) => {
    const { address, nic } = cluster.floating[role];
    const to = cluster.nodes.find((node) => node.role === role);
    if (to === undefined || (from !== "internet" && from.role === role) || (nic === "eth1" && !vlan)) return [];
    return [{ name: `${role} floating`, address, open: openPorts(cluster, from, to, nic, flows), idle: [] }];
  });
}

/** TCP ports of `to` that are open to `from` on one interface, ascending. */
export function openPorts(
  cluster: Cluster,
  from: Origin,
  to: Node,
  nic: Flow["interface"],
  flows: readonly Flow[] = matrix,
): number[] {
  const address = from === "internet" ? null : nic === "eth0" ? from.ipv4.address : from.privateIp;
  const ports = flows
    .filter((flow) => flow.to === to.role && flow.protocol === "tcp" && flow.interface === nic)
    .filter((flow) =>
      sources(cluster, to, flow).some((source) => (address === null ? source.prefix === 0 : contains(source, address))),
    )
    .flatMap((flow) => flow.ports.flatMap(([first, last]) => sequence(first, last)));
  return [...new Set(ports)].toSorted((a, b) => a - b);
}

const sequence = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/**
 * Ports worth a knock on every address: all of the matrix, and those of services that listen or used to (SSH before its
 * move, web over TLS, portmapper, mountd, pcsd, MariaDB's cluster ports, statistics of nginx).
 */
export function knockedPorts(flows: readonly Flow[] = matrix): number[] {
  const known = [21, 22, 25, 53, 111, 2224, 3121, 4444, 4567, 5432, 6379, 8080, 9100, 11_211, 20_048];
  const mine = flows.flatMap((flow) => flow.ports.flatMap(([first, last]) => sequence(first, last)));
  return [...new Set([...mine, ...known])].toSorted((a, b) => a - b);
}

/** What a scan said: `states[address][port]`; only `open` is open. */
export type Found = Readonly<Record<string, Readonly<Record<number, string>>>>;

/** Every disagreement between matrix and scan in one sentence each; empty means that they agree. */
export function disagreements(from: string, wanted: readonly Expectation[], found: Found): string[] {
  return wanted.flatMap(({ name, address, open, idle }) => {
    const states = found[address];
    if (states === undefined) return [`${from} did not knock at ${name} (${address}).`];
    const missing = open.filter(
      (port) => states[port] !== "open" && !(idle.includes(port) && states[port] === "refused"),
    );
    const extra = Object.entries(states).filter(([port, state]) => state === "open" && !open.includes(Number(port)));
    return [
      ...missing.map(
        (port) =>
          `${from} cannot reach TCP ${port} of ${name} (${address}), but should (${states[port] ?? "not tried"}).`,
      ),
      ...extra.map(([port]) => `${from} reaches TCP ${port} of ${name} (${address}), which should be closed.`),
    ];
  });
}
