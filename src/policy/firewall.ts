import type { Cluster, Node } from "../core/cluster.ts";
import type { Range } from "./address.ts";
import { matrix, sources, type Flow } from "./flows.ts";

/** The filter tables of a node, in exactly the spelling of iptables-save 1.8. */
export interface Rules {
  readonly v4: string;
  readonly v6: string;
}

/**
 * The rules of a node. Incoming and forwarded packets are dropped unless a flow of the matrix lets them in; IPv6 gets
 * neighbour discovery, both families the ICMP errors that path MTU discovery needs (RFC 4890 4.3).
 */
export function firewallRules(cluster: Cluster, node: Node, flows: readonly Flow[] = matrix): Rules {
  return { v4: table("v4", cluster, node, flows), v6: table("v6", cluster, node, flows) };
}

function table(family: Range["family"], cluster: Cluster, node: Node, flows: readonly Flow[]): string {
  const mine = flows.filter((flow) => flow.to === node.role);
  const rules = mine.flatMap((flow) =>
    sources(cluster, node, flow)
      .filter((source) => source.family === family)
      .map((source) => rule(source, flow)),
  );
  return `${[
    "*filter",
    ":INPUT DROP [0:0]",
    ":FORWARD DROP [0:0]",
    ":OUTPUT ACCEPT [0:0]",
    "-A INPUT -i lo -j ACCEPT",
    ...(family === "v6" ? icmp6 : []),
    "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
    "-A INPUT -m conntrack --ctstate INVALID -j DROP",
    ...(family === "v4" ? icmp4 : []),
    ...rules,
    ...(family === "v4" ? refusals(cluster, node) : []),
    "COMMIT",
  ].join("\n")}\n`;
}

// 3 destination unreachable (with "fragmentation needed"), 11 time exceeded.
const icmp4 = [3, 11].map(
  (type) => `-A INPUT -p icmp -m icmp --icmp-type ${type} -m comment --comment "ICMP errors" -j ACCEPT`,
);

// 1-4 errors, 133-137 neighbour discovery, 130 and 143 multicast listeners. Connection tracking does not know them
// all, so they stand before it.
const icmp6 = [
  ...[1, 2, 3, 4].map((type) => icmp6Rule(type, "ICMP errors")),
  ...[133, 134, 135, 136, 137].map((type) => icmp6Rule(type, "neighbour discovery")),
  ...[130, 143].map((type) => icmp6Rule(type, "multicast listeners")),
];

function icmp6Rule(type: number, why: string): string {
  return `-A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type ${type} -m comment --comment "${why}" -j ACCEPT`;
}

function rule(source: Range, flow: Flow): string {
  const from = source.prefix === 0 ? "" : ` -s ${source.text}`;
  return `-A INPUT${from} -i ${flow.interface} ${matches(source.family, flow)}${comment(flow.reason)} -j ACCEPT`;
}

function matches(family: Range["family"], { protocol, ports }: Flow): string {
  if (protocol === "icmp") {
    return family === "v4"
      ? "-p icmp -m icmp --icmp-type 8 -m limit --limit 10/sec"
      : "-p ipv6-icmp -m icmp6 --icmpv6-type 128 -m limit --limit 10/sec";
  }
  const words = ports.map(([first, last]) => (first === last ? `${first}` : `${first}:${last}`));
  return words.length === 1
    ? `-p ${protocol} -m ${protocol} --dport ${words.join("")}`
    : `-p ${protocol} -m multiport --dports ${words.join(",")}`;
}

/** iptables-save quotes a text unless all of it is plain. */
function comment(text: string): string {
  return ` -m comment --comment ${/^[A-Za-z0-9_-]+$/.test(text) ? text : `"${text}"`}`;
}

/** A client of the VLAN that may not (or no longer) ask this database hears so at once instead of waiting. */
function refusals(cluster: Cluster, node: Node): string[] {
  return node.role === "db"
    ? [
        `-A INPUT -s ${cluster.blueprint.network.vlan}.0/24 -i eth1 -p tcp -m tcp --dport 3306${comment("refused at once")} -j REJECT --reject-with tcp-reset`,
      ]
    : [];
}
