import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";
import { oneLine } from "../../core/words.ts";
import { unreadable } from "./unreadable.ts";

/** What Nagios thinks of one host or service. Times are seconds since 1970. */
export interface NagiosCheck {
  readonly host: string;
  /** What it watches there; `null` when it is the host itself. */
  readonly service: string | null;
  /** Checked at least once since it was configured. */
  readonly checked: boolean;
  /** A host is `ok` or `critical`. */
  readonly state: "ok" | "warning" | "critical" | "unknown";
  /** Nagios tried as often as it should before it took it for what it is. */
  readonly hard: boolean;
  /** Somebody acknowledged it, or it is in a downtime that somebody scheduled: in Nagios. */
  readonly silenced: boolean;
  /** It changes too often for its state to mean much. */
  readonly flapping: boolean;
  /** The plugin's first line: what anybody wrote, without control characters, at most 200 characters. */
  readonly says: string;
  /** When it came to be as it is; 0 when it never was otherwise. */
  readonly since: number;
  /** When it was last checked; 0 when it never was. */
  readonly last: number;
}

/** What Nagios wrote of itself and of all it watches. */
export interface NagiosState {
  /** By the node's clock, seconds since 1970. */
  readonly now: number;
  /** When Nagios wrote this; `null` when it has written nothing, and so knows nothing. */
  readonly written: number | null;
  /** Nagios makes checks; `false` when somebody stopped it from making any. */
  readonly checking: boolean;
  readonly checks: readonly NagiosCheck[];
}

/** Name of a check: `db1` or `db1 Disk`. */
export const checkName = ({ host, service }: NagiosCheck): string => (service === null ? host : `${host} ${service}`);

/** Nagios's status file. */
export const nagiosState: Fact<NagiosState> = {
  name: "nagios checks",
  script: sh`date +%s
cat /var/lib/nagios4/status.dat 2>/dev/null || true
echo complete`,
  parse(output) {
    const [, now, file] = /^(\d{9,11})\n([\s\S]*)complete\n$/.exec(output) ?? [];
    if (now === undefined || file === undefined) throw unreadable("Nagios's status file was cut off.");
    if (file === "") return { now: Number(now), written: null, checking: false, checks: [] };
    const blocks = blocksOf(file);
    const [info] = blocks.flatMap((block) => (block.kind === "info" ? [block] : []));
    const [program] = blocks.flatMap((block) => (block.kind === "programstatus" ? [block] : []));
    if (info === undefined || program === undefined) throw unreadable("Nagios's status file tells nothing of itself.");
    return {
      now: Number(now),
      written: number(info, "created"),
      checking: flag(program, "active_service_checks_enabled") && flag(program, "active_host_checks_enabled"),
      checks: blocks.flatMap((block) => (/^(host|service)status$/.test(block.kind) ? [checkOf(block)] : [])),
    };
  },
};

interface Block {
  readonly kind: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** `kind {`, lines of `name=value`, `}`. A value never spans lines: Nagios writes `\n` for a line's end. */
function blocksOf(file: string): Block[] {
  const blocks: Block[] = [];
  let open: { kind: string; fields: Map<string, string> } | null = null;
  for (const line of file.split("\n")) {
    const begins = /^(\w+) \{$/.exec(line)?.[1];
    const [, name, value = ""] = /^\t(\w+)=(.*)$/.exec(line) ?? [];
    if (begins !== undefined && open === null) open = { kind: begins, fields: new Map() };
    else if (line === "\t}" && open !== null) {
      blocks.push(open);
      open = null;
    } else if (name !== undefined && open !== null && !open.fields.has(name)) open.fields.set(name, value);
    else if (line !== "" && !line.startsWith("#")) throw unreadable("Nagios's status file has a line of no block.");
  }
  if (open !== null) throw unreadable("Nagios's status file ends within a block.");
  return blocks;
}

function text({ kind, fields }: Block, name: string): string {
  const value = fields.get(name);
  if (value === undefined) throw unreadable(`Nagios's status file tells no ${name} of a ${kind}.`);
  return value;
}

function number(block: Block, name: string): number {
  const value = text(block, name);
  if (!/^\d{1,11}$/.test(value)) throw unreadable(`Nagios's status file tells ${name} as “${value.slice(0, 40)}”.`);
  return Number(value);
}

const flag = (block: Block, name: string): boolean => number(block, name) > 0;

function checkOf(block: Block): NagiosCheck {
  const service = block.kind === "servicestatus" ? oneLine(text(block, "service_description")) : null;
  return {
    host: oneLine(text(block, "host_name")),
    service,
    checked: flag(block, "has_been_checked"),
    state: stateOf(block),
    hard: flag(block, "state_type"),
    silenced: flag(block, "problem_has_been_acknowledged") || flag(block, "scheduled_downtime_depth"),
    flapping: flag(block, "is_flapping"),
    says: oneLine(text(block, "plugin_output")),
    since: number(block, "last_state_change"),
    last: number(block, "last_check"),
  };
}

function stateOf(block: Block): NagiosCheck["state"] {
  const code = number(block, "current_state");
  if (block.kind === "hoststatus") return code === 0 ? "ok" : "critical";
  return (["ok", "warning", "critical"] as const)[code] ?? "unknown";
}
