import type { Fact } from "../../core/fact.ts";
import { lines, raw, sh, type Script } from "../../core/shell.ts";
import { counted } from "../../core/words.ts";
import { unreadable } from "./unreadable.ts";

export const families = ["v4", "v6"] as const;
/** IPv4 or IPv6. */
export type Family = (typeof families)[number];

/** A filter table in the spelling of iptables-save, without counters and comments; empty where there is none. */
export type Tables = Readonly<Record<Family, string>>;

/** The packet filter of a node in three versions, all in the spelling of the node's own iptables. */
export interface FilterState {
  readonly declared: Tables;
  readonly running: Tables;
  /** What is loaded at boot. */
  readonly saved: Tables;
  /** Tables beside those, with their number of rules: `nat (ip, 3 rules)`, `nft inet fail2ban`. */
  readonly others: readonly string[];
}

const commands = { v4: sh`iptables`, v6: sh`ip6tables` } as const;

/** Rules as the kernel understands them: loaded into a network namespace that ends with the command. */
const spelled = (family: Family, rules: Script): Script =>
  sh`${raw(rules)} | unshare --net sh -c ${
    family === "v4" ? "iptables-restore && iptables-save -t filter" : "ip6tables-restore && ip6tables-save -t filter"
  }`;

// Names and families of the tables nftables knows, asked of the kernel itself: the program nft is not on every node.
const program = `
import socket, struct
names = {1: "inet", 2: "ip", 3: "arp", 5: "netdev", 7: "bridge", 10: "ip6"}
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
s.settimeout(2)
s.send(struct.pack("=IHHIIBBH", 20, (10 << 8) | 1, 0x301, 1, 0, 0, 0, 0))
more = True
while more:
    data, at = s.recv(65536), 0
    while at + 16 <= len(data):
        length, kind = struct.unpack_from("=IH", data, at)
        if kind in (2, 3):
            more = False
            break
        family, p = data[at + 16], at + 20
        while p + 4 <= at + length:
            size, field = struct.unpack_from("=HH", data, p)
            if size < 4: break
            if field == 1: print("nft", names.get(family, family), data[p + 4:p + size].rstrip(b"\\0").decode())
            p += (size + 3) & ~3
        at += (length + 3) & ~3
`;

/**
 * The rules a node should have, has, and would have after a restart. Those it should have and those of the files are
 * loaded into a throw-away network namespace and read back, so that only what differs for the kernel differs here.
 */
export function filterState(declared: Tables): Fact<FilterState> {
  const parts = families.flatMap((family) => [
    sh`echo ${`@declared ${family}`}; ${raw(spelled(family, sh`printf %s ${declared[family]}`))} || exit 1`,
    sh`echo ${`@running ${family}`}; ${raw(commands[family])}-save -t filter || exit 1`,
    sh`echo ${`@saved ${family}`}
if [ -s ${`/etc/iptables/rules.${family}`} ]; then ${raw(spelled(family, sh`cat ${`/etc/iptables/rules.${family}`}`))} || echo "# unreadable"; fi`,
    sh`echo ${`@all ${family}`}; ${raw(commands[family])}-save || exit 1`,
  ]);
  return {
    name: "packet filter",
    script: sh`for tool in iptables ip6tables; do
  command -v $tool-save >/dev/null || { echo "$tool is missing" >&2; exit 1; }
done
${raw(lines(parts))}
echo @tables; python3 -c ${program} || exit 1
sed 's/^/legacy ip /' /proc/net/ip_tables_names 2>/dev/null; sed 's/^/legacy ip6 /' /proc/net/ip6_tables_names 2>/dev/null
echo @end`,
    parse: (output) => parseFilter(output, declared),
    query: declared,
  };
}

/** Parts under their headings, the last of which is `@end`. */
function parseFilter(output: string, intended: Tables): FilterState {
  const parts = new Map(
    output.split(/^@/m).map((part) => [part.slice(0, part.indexOf("\n")), part.slice(part.indexOf("\n") + 1)] as const),
  );
  if (!parts.has("end")) throw unreadable("The rules were cut off.");
  const part = (name: string): string => {
    const text = parts.get(name);
    if (text === undefined) throw unreadable(`The rules lack the part “${name}”.`);
    return text;
  };
  const whole = (name: string): string => canonical(part(name));
  const tables = (kind: string): Tables => ({ v4: filterOf(whole(`${kind} v4`)), v6: filterOf(whole(`${kind} v6`)) });
  const declared = tables("declared");
  for (const family of families) {
    if (ruleCount(declared[family]) !== ruleCount(intended[family]))
      throw unreadable("The node reads other rules than it was given.");
  }
  return {
    declared,
    running: tables("running"),
    saved: tables("saved"),
    others: [...families.flatMap((family) => otherTables(family, part(`all ${family}`))), ...foreign(part("tables"))],
  };
}

const ruleCount = (table: string): number => table.match(/^-A /gm)?.length ?? 0;

/** @throws OpsError for anything but whole tables */
function filterOf(text: string): string {
  if (text === "") return "";
  const lines = text.trimEnd().split("\n");
  const fine = lines.every((line, at) => {
    if (at === 0) return line === "*filter";
    return at === lines.length - 1 ? line === "COMMIT" : /^(:\S+ (ACCEPT|DROP|-) \[0:0\]|-A \S+ .*)$/.test(line);
  });
  if (!fine) throw unreadable("iptables-save did not print a whole filter table.");
  return text;
}

/** Tables of iptables beside `filter` that do anything. */
function otherTables(family: Family, text: string): string[] {
  const found = [...text.matchAll(/^\*(\w+)\n([^]*?)^COMMIT$/gm)];
  return found.flatMap(([, name = "", body = ""]) => {
    const rules = body.match(/^-A /gm)?.length ?? 0;
    const closed = / (DROP) /.test(body);
    if (name === "filter" || (rules === 0 && !closed)) return [];
    return [`${name} (${family === "v4" ? "ip" : "ip6"}, ${counted(rules, "rule")})`];
  });
}

/** Tables that iptables does not show: of nftables itself, and of the older iptables. */
function foreign(text: string): string[] {
  const known = /^nft (ip|ip6) (filter|nat|mangle|raw|security)$/;
  return [...new Set(text.split("\n"))].filter((line) => line !== "" && !known.test(line));
}

/** What iptables-save prints, without comments and counters. */
export function canonical(text: string): string {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => `${line.replace(/^(:\S+ \S+) \[\d+:\d+\]$/, "$1 [0:0]")}\n`)
    .join("");
}
