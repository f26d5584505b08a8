import { contains, parseRange, type Range } from "./address.ts";

/** A packet, as the filter table of the node it meets sees it. */
export interface Packet {
  readonly chain: "INPUT" | "FORWARD" | "OUTPUT";
  /** Where it comes in; where it goes out for `OUTPUT`. */
  readonly nic: string;
  /** An address. */
  readonly source: string;
  readonly protocol: "tcp" | "udp" | "icmp" | "ipv6-icmp";
  /** Of TCP and UDP. */
  readonly port?: number;
  /** Of ICMP. */
  readonly type?: number;
  /** Whether it begins something (the first packet of a TCP connection) or answers. */
  readonly state: "NEW" | "ESTABLISHED";
}

/** What a filter does with a packet; `unknown` where that hangs on a match that is not understood. */
export type Ruling = "accept" | "drop" | "reject" | "unknown";

/** A filter table, taken apart for many questions. */
export interface Filter {
  readonly policies: Readonly<Record<string, string>>;
  /** By chain, in their order. */
  readonly rules: Readonly<Record<string, readonly Rule[]>>;
}

interface Rule {
  readonly matches: readonly Match[];
  /** `ACCEPT`, a chain …; empty for a rule that only counts. */
  readonly target: string;
}

/** Whether a packet is as one option wants it; `undefined` where that cannot be told. */
type Match = (packet: Packet) => boolean | undefined;

/** Reads a table in the spelling of iptables-save; without one, everything is accepted. */
export function readFilter(table: string): Filter {
  const policies: Record<string, string> = {};
  const rules: Record<string, Rule[]> = {};
  for (const line of table.split("\n")) {
    const [, chain, policy] = /^:(\S+) (\S+)/.exec(line) ?? [];
    if (chain !== undefined && policy !== undefined) policies[chain] = policy;
    const [, own, rest] = /^-A (\S+) ?(.*)$/.exec(line) ?? [];
    if (own !== undefined) (rules[own] ??= []).push(readRule(rest ?? ""));
  }
  return { policies, rules };
}

/** What the filter does with the packet. */
export function rule(filter: Filter, packet: Packet): Ruling {
  const policy = toRuling(filter.policies[packet.chain] ?? "ACCEPT");
  return walk(filter, packet.chain, packet, policy, 0);
}

/** Deeper than chains are nested by people; a ring of chains ends here. */
const deepest = 12;

/** @param after what happens to a packet that comes out at the end of the chain */
function walk(filter: Filter, chain: string, packet: Packet, after: Ruling, depth: number): Ruling {
  if (depth > deepest) return "unknown";
  // From the end, because what a rule leaves alone meets the next one.
  return (filter.rules[chain] ?? []).reduceRight((rest, { matches, target }) => {
    const hit = allHold(matches, packet);
    if (hit === false) return rest;
    const taken = takes(filter, target, packet, rest, after, depth);
    return hit === true || taken === rest ? taken : "unknown";
  }, after);
}

function takes(filter: Filter, target: string, packet: Packet, rest: Ruling, after: Ruling, depth: number): Ruling {
  if (["ACCEPT", "DROP", "REJECT"].includes(target)) return toRuling(target);
  if (target === "RETURN") return after;
  if (filter.policies[target] !== undefined) return walk(filter, target, packet, rest, depth + 1);
  // These only note something; whatever else is not understood may do anything.
  return ["", "LOG", "NFLOG", "MARK", "CONNMARK"].includes(target) ? rest : "unknown";
}

const toRuling = (target: string): Ruling =>
  target === "ACCEPT" ? "accept" : target === "REJECT" ? "reject" : target === "DROP" ? "drop" : "unknown";

/** `false` when one of them is, `undefined` when one of them cannot be told. */
function allHold(matches: readonly Match[], packet: Packet): boolean | undefined {
  let all: boolean | undefined = true;
  for (const match of matches) {
    const one = match(packet);
    if (one === false) return false;
    if (one === undefined) all = undefined;
  }
  return all;
}

/** Options that say nothing of the packet. */
const silent = new Set(["-m", "--comment", "--limit", "--limit-burst", "--reject-with", "--log-prefix", "--log-level"]);

function readRule(text: string): Rule {
  const words = text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  const matches: Match[] = [];
  let target = "";
  let negated = false;
  for (let at = 0; at < words.length; at += 1) {
    const name = words[at] ?? "";
    if (name === "!") {
      negated = true;
      continue;
    }
    const values: string[] = [];
    while (words[at + 1] !== undefined && !/^(!$|--?[a-z])/i.test(words[at + 1] ?? ""))
      values.push(words[(at += 1)] ?? "");
    if (name === "-j" || name === "-g") target = name === "-g" ? `goto ${values[0]}` : (values[0] ?? "");
    // What follows the target belongs to it.
    else if (target === "" && !silent.has(name)) {
      const match = toMatch(name, values.join(" "));
      matches.push(negated ? opposite(match) : match);
    }
    negated = false;
  }
  return { matches, target };
}

const opposite =
  (match: Match): Match =>
  (packet) => {
    const hit = match(packet);
    return hit === undefined ? undefined : !hit;
  };

/** Takes an option apart once, because there are thousands of questions about a few rules. */
function toMatch(name: string, value: string): Match {
  switch (name) {
    case "-i":
    case "-o": {
      const other = name === "-i" ? "OUTPUT" : "INPUT";
      return (packet) => packet.chain !== other && isNic(value, packet.nic);
    }
    case "-s":
      return fromNetwork(value);
    case "-p":
      return ({ protocol }) => value === protocol || (value === "icmpv6" && protocol === "ipv6-icmp");
    case "--dport":
    case "--dports":
      return toPorts(value);
    case "--ctstate":
    case "--state": {
      const states = value.split(",");
      return ({ state }) => states.includes(state);
    }
    case "--icmp-type":
    case "--icmpv6-type":
      return ({ type }) => (/^\d+$/.test(value) ? Number(value) === type : undefined);
    case "--tcp-flags":
      return ({ protocol, state }) => (value.endsWith(" SYN") ? protocol === "tcp" && state === "NEW" : undefined);
    default:
      return () => undefined;
  }
}

const isNic = (pattern: string, nic: string): boolean =>
  pattern.endsWith("+") ? nic.startsWith(pattern.slice(0, -1)) : nic === pattern;

function toPorts(list: string): Match {
  const ranges = list.split(",").map((range) => {
    const [from = 0, to = from] = range.split(":").map(Number);
    return { from, to };
  });
  const understood = !ranges.some(({ from, to }) => Number.isNaN(from + to));
  return ({ port }) => {
    if (port === undefined) return false;
    return understood ? ranges.some(({ from, to }) => port >= from && port <= to) : undefined;
  };
}

/** Taken apart once each, too. */
const sources = new WeakMap<Packet, Range>();

function fromNetwork(text: string): Match {
  const network = rangeOf(text);
  if (network === undefined) return () => undefined;
  return (packet) => {
    const source = sources.get(packet) ?? parseRange(packet.source);
    sources.set(packet, source);
    return contains(network, source);
  };
}

function rangeOf(text: string): Range | undefined {
  try {
    return parseRange(text);
  } catch {
    return undefined;
  }
}
