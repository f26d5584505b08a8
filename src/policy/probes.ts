import type { Cluster, Node } from "../core/cluster.ts";
import type { Family } from "../ops/facts/filter.ts";
import { contains, parseRange } from "./address.ts";
import { addressesOn, matrix } from "./flows.ts";
import type { Packet } from "./walk.ts";

/** Somebody who may send packets to a node. */
export interface Sender {
  /** `everybody` is whoever is in no other list: what is open to it is open to all on that card. */
  readonly kind: "everybody" | "operators" | "node" | "itself";
  /** Completes “… can reach”: `the whole internet`, `admin1`. */
  readonly name: string;
  readonly nic: "eth0" | "eth1" | "lo";
  readonly source: string;
}

/** Something that may be sent, in words that complete “can reach …”. */
export interface Service {
  readonly name: string;
  readonly packet: Pick<Packet, "chain" | "protocol" | "port" | "type" | "state">;
}

/** Never a node's or an operator's: documentation addresses and one of the VLAN that is handed out to nobody. */
const strangers = { v4: ["203.0.113.77", "198.51.100.77", "192.0.2.77"], v6: ["2001:db8:ffff::77", "3fff:fff::77"] };

/** Everybody who is worth a question about a node's rules of one family. */
export function senders(cluster: Cluster, node: Node, family: Family): Sender[] {
  const { operators, network } = cluster.blueprint;
  const own = operators.map(parseRange);
  const outside = strangers[family].find(
    (address) => !own.some((range) => range.prefix > 0 && contains(range, address)),
  );
  const vlan = family === "v4" ? `${network.vlan}.254` : "fe80::ffff:ffff:ffff:77";
  const everybody: Sender[] = [
    { kind: "everybody", name: "the whole internet", nic: "eth0", source: outside ?? strangers[family][0] ?? "" },
    ...(node.privateIp === null
      ? []
      : [{ kind: "everybody", name: "everybody on the VLAN", nic: "eth1", source: vlan } as const]),
  ];
  const known = cluster.nodes.flatMap((other) =>
    other.name === node.name
      ? []
      : (["eth0", "eth1"] as const).flatMap((nic) =>
          nic === "eth1" && node.privateIp === null
            ? []
            : addressesOn(other, nic).map((text) => ({ kind: "node", name: other.name, nic, text }) as const),
        ),
  );
  const people = own.map(
    ({ text }) => ({ kind: "operators", name: `operators at ${text}`, nic: "eth0", text }) as const,
  );
  return [
    ...everybody,
    ...[...people, ...known].flatMap(({ text, ...sender }) => {
      const range = parseRange(text);
      return range.family === family ? [{ ...sender, source: text.replace(/\/\d+$/, "") }] : [];
    }),
    { kind: "itself", name: "it", nic: "lo", source: family === "v4" ? "127.0.0.1" : "::1" },
  ];
}

const names: Readonly<Record<number, string>> = {
  22: "SSH on its old port",
  80: "HTTP",
  111: "the port mapper",
  322: "SSH",
  443: "HTTPS",
  2049: "NFS",
  2224: "pcsd",
  3306: "MariaDB",
  5403: "the quorum server",
  5405: "Corosync",
  5666: "the monitoring",
  7788: "DRBD",
};

/** A port nothing is declared for: it stands for all that no rule names. */
const otherPort = 47_001;

/** What is worth a question: every port that one of the tables names, all the others together, and ping. */
export function services(tables: readonly string[], family: Family): Service[] {
  const named = tables.flatMap((table) =>
    [...table.matchAll(/--(?:dports?|sports?) (\S+)/g)].flatMap(([, ports = ""]) => ports.split(/[,:]/).map(Number)),
  );
  const declared = matrix.flatMap(({ ports }) => ports.flat());
  const ports = [...new Set([...named, ...declared, 22])].filter(
    (port) => port > 0 && port < 65_536 && port !== otherPort,
  );
  const first = { chain: "INPUT", state: "NEW" } as const;
  return [
    ...(["tcp", "udp"] as const).flatMap((protocol) => [
      { name: `every other ${protocol.toUpperCase()} port`, packet: { ...first, protocol, port: otherPort } },
      ...ports
        .toSorted((a, b) => a - b)
        .map((port) => ({ name: portName(protocol, port), packet: { ...first, protocol, port } })),
    ]),
    { name: "ping", packet: { ...first, ...icmp(family, family === "v4" ? 8 : 128) } },
  ];
}

function portName(protocol: "tcp" | "udp", port: number): string {
  const name = protocol === "tcp" || port === 5405 ? names[port] : undefined;
  const number = `${protocol.toUpperCase()} ${port}`;
  return name === undefined ? number : `${name} (${number})`;
}

const icmp = (family: Family, type: number): Pick<Packet, "protocol" | "type"> => ({
  protocol: family === "v4" ? "icmp" : "ipv6-icmp",
  type,
});

/** Something a node does beside serving; both complete “it …”. */
export interface Passage {
  readonly opened: string;
  readonly closed: string;
  readonly packet: Service["packet"];
}

/** Answers to what a node began, what it begins, what it passes on for others, and what keeps its network working. */
export function passages(family: Family): Passage[] {
  const first = { chain: "INPUT", state: "NEW" } as const;
  const takes = (what: string, type: number, without = ""): Passage => ({
    opened: `newly takes ${what}`,
    closed: `no longer takes ${what}${without}`,
    packet: { ...first, ...icmp(family, type) },
  });
  return [
    {
      opened: "takes answers nobody asked for",
      closed: "gets no answers any more to what it begins",
      packet: { ...first, protocol: "tcp", port: otherPort, state: "ESTABLISHED" },
    },
    {
      opened: "may begin connections, which was closed",
      closed: "can no longer begin connections",
      packet: { chain: "OUTPUT", protocol: "tcp", port: 443, state: "NEW" },
    },
    {
      opened: "newly passes packets on for others",
      closed: "no longer passes packets on for others",
      packet: { chain: "FORWARD", protocol: "tcp", port: 443, state: "NEW" },
    },
    takes("errors of path MTU discovery", family === "v4" ? 3 : 2, ", so that large packets get lost"),
    ...(family === "v4" ? [] : [takes("neighbour discovery", 135, ", without which IPv6 does not work")]),
  ];
}
