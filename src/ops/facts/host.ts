import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";
import { unreadable } from "./unreadable.ts";

/** How a machine is. */
export interface HostState {
  readonly uptimeSeconds: number;
  /** Average number of programs that wanted to run in the last minute, and of processors. */
  readonly load: number;
  readonly processors: number;
  readonly memoryMb: { readonly total: number; readonly available: number };
  /** Units that have failed, watched or not. */
  readonly failed: readonly string[];
  readonly kernel: string;
  /** Processes the kernel killed for want of memory since it started, or since the container did. */
  readonly outOfMemory: number;
}

/** Load, memory, kernel and failed units of a machine. */
export const hostState: Fact<HostState> = {
  name: "host state",
  script: sh`echo "uptime $(cut -d' ' -f1 /proc/uptime)"
echo "load $(cut -d' ' -f1 /proc/loadavg) $(nproc)"
sed -n 's/^\(MemTotal\|MemAvailable\): *\([0-9]*\) kB$/\1 \2/p' /proc/meminfo
units=$(systemctl list-units --state=failed --plain --no-legend --no-pager) || exit 1
printf '%s\n' "$units" | sed -n 's/^\([^ ][^ ]*\).*/failed \1/p'
echo "kernel $(uname -r)"
# A container has a count of its own.
cat /sys/fs/cgroup/memory.events /proc/vmstat 2>/dev/null | sed -n '/^oom_kill /{p;q}'
echo complete`,
  parse(output) {
    const lines = output
      .trimEnd()
      .split("\n")
      .map((line) => line.trim().split(/\s+/));
    const word = (name: string, at = 1): string => {
      const found = lines.find(([first]) => first === name)?.[at];
      if (found === undefined) throw unreadable(`The node did not tell ${name}.`);
      return found;
    };
    const number = (name: string, at = 1): number => {
      const value = Number(word(name, at));
      if (!Number.isFinite(value)) throw unreadable(`The node told ${name} as “${word(name, at)}”.`);
      return value;
    };
    if (lines.at(-1)?.[0] !== "complete") throw unreadable("The state of the machine was cut off.");
    const all = (name: string) => lines.filter(([first]) => first === name);
    return {
      uptimeSeconds: number("uptime"),
      load: number("load"),
      processors: number("load", 2),
      memoryMb: { total: Math.round(number("MemTotal") / 1024), available: Math.round(number("MemAvailable") / 1024) },
      failed: all("failed").flatMap(([, unit]) => unit ?? []),
      kernel: word("kernel"),
      outOfMemory: number("oom_kill"),
    };
  },
};
