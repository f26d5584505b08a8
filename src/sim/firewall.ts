import { BlockList } from "node:net";

/** A new TCP connection, as the firewall of the node it goes to sees it. */
export interface Packet {
  readonly nic: string;
  readonly source: string;
  readonly port: number;
}

/** What a firewall does with it. */
export type Ruling = "accept" | "drop" | "reject";

/**
 * Walks rules in the spelling of iptables-save, as the kernel would for the first packet of a TCP connection.
 * @throws Error on a match it does not know: a guess about a firewall would be worse than none.
 */
export function rule(rules: string, packet: Packet): Ruling {
  const lines = rules.split("\n");
  const policy = /^:INPUT (\w+)/m.exec(rules)?.[1] ?? "ACCEPT";
  return walk(lines, "INPUT", packet) ?? toRuling(policy);
}

function walk(lines: readonly string[], chain: string, packet: Packet): Ruling | undefined {
  for (const line of lines) {
    if (!line.startsWith(`-A ${chain} `)) continue;
    const words = line.match(/"[^"]*"|\S+/g)?.slice(2) ?? [];
    const target = words[words.indexOf("-j") + 1];
    if (target === undefined || !matches(words, packet)) continue;
    if (target === "LOG") continue;
    if (target === "RETURN") return undefined;
    if (["ACCEPT", "DROP", "REJECT"].includes(target)) return toRuling(target);
    const ruling = walk(lines, target, packet);
    if (ruling !== undefined) return ruling;
  }
  return undefined;
}

function matches(words: readonly string[], packet: Packet): boolean {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const value = words[at + 1] ?? "";
    if (word === "-j") return true;
    if (word === "-m" || word === "--comment" || word === "--limit" || word === "--limit-burst") at += 1;
    else if (!match(word, value, packet)) return false;
    else at += 1;
  }
  return true;
}

function match(word: string, value: string, packet: Packet): boolean {
  switch (word) {
    case "-i":
      return value === packet.nic;
    case "-s":
      return contains(value, packet.source);
    case "-d":
      return true;
    case "-p":
      return value === "tcp";
    case "--dport":
    case "--dports":
      return value.split(",").some((range) => {
        const [from = 0, to = from] = range.split(":").map(Number);
        return packet.port >= from && packet.port <= to;
      });
    case "--ctstate":
      return value.split(",").includes("NEW");
    case "--tcp-flags":
    case "--icmp-type":
    case "--icmpv6-type":
      return false;
    default:
      throw new Error(`the simulated firewall does not know ${word} ${value}`);
  }
}

/** By network; making one costs more than asking it a hundred times. */
const lists = new Map<string, BlockList>();

function contains(network: string, address: string): boolean {
  const family = address.includes(":") ? "ipv6" : "ipv4";
  if (network.includes(":") !== address.includes(":")) return false;
  const known = lists.get(network) ?? new BlockList();
  if (!lists.has(network)) {
    const [base = "", prefix] = network.split("/");
    known.addSubnet(base, Number(prefix ?? (family === "ipv6" ? "128" : "32")), family);
    lists.set(network, known);
  }
  return known.check(address, family);
}

function toRuling(target: string): Ruling {
  return target === "ACCEPT" ? "accept" : target === "REJECT" ? "reject" : "drop";
}
