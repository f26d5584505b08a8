import type { Cluster } from "../core/cluster.ts";
import { addressesOn } from "./flows.ts";

const protocols: Record<string, string> = { tcp: "TCP", udp: "UDP", icmp: "ping", "ipv6-icmp": "ping" };
const fixed: readonly (readonly [RegExp, string])[] = [
  [/^-A INPUT -i lo -j ACCEPT$/, "The node may talk to itself."],
  [/--ctstate RELATED,ESTABLISHED -j ACCEPT$/, "Answers to what was begun before may come in."],
  [/--ctstate INVALID -j DROP$/, "Packets that belong to no connection are dropped."],
  [/^:INPUT DROP/, "Whatever no rule lets in is dropped."],
  [/^:FORWARD DROP/, "The node passes nothing on for others."],
  [/^:OUTPUT ACCEPT/, "The node itself may begin any connection."],
];

/**
 * What a rule of a node means, in one sentence with names instead of addresses. A rule that Nonet does not write gives
 * a sentence that says so.
 */
export function meaning(cluster: Cluster, rule: string): string {
  const known = fixed.find(([pattern]) => pattern.test(rule));
  if (known !== undefined) return known[1];
  const pick = (pattern: RegExp): string | undefined => pattern.exec(rule)?.[1];
  const why = pick(/--comment (?:"([^"]*)"|\S+)/) ?? pick(/--comment ([A-Za-z0-9_-]+)/);
  const target = pick(/ -j ([A-Z]+)/);
  if (!rule.startsWith("-A INPUT ") || why === undefined || target === undefined) {
    return `This rule is not one of Nonet's: ${rule}`;
  }
  const type = pick(/--icmp(?:v6)?-type (\d+)/);
  if (type !== undefined && type !== "8" && type !== "128") return `ICMP type ${type} may come in: ${why}.`;
  const ports = pick(/--dports? (\S+)/);
  const what = [protocols[pick(/ -p (\S+)/) ?? ""] ?? "anything", ports?.replaceAll(":", "-").replaceAll(",", ", ")];
  const where = pick(/ -i (\S+)/) === "eth1" ? "over the VLAN" : "over the public network";
  const verb = target === "ACCEPT" ? "may reach" : "is refused";
  return `${who(cluster, pick(/ -s (\S+)/))} ${verb} ${what.filter(Boolean).join(" ")} ${where}: ${why}.`;
}

function who(cluster: Cluster, source: string | undefined): string {
  if (source === undefined) return "Anybody";
  const node = cluster.nodes.find((one) => [...addressesOn(one, "eth0"), ...addressesOn(one, "eth1")].includes(source));
  if (node !== undefined) return node.name;
  return source === `${cluster.blueprint.network.vlan}.0/24` ? "Any other node" : source;
}
