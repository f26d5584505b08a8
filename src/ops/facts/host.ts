import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";
import { unreadable } from "./unreadable.ts";

/** How a machine is. */
export interface HostState {
  /** Milliseconds since 1970 by its own clock. */
  readonly clock: number;
  readonly uptimeSeconds: number;
  /** Average number of programs that wanted to run in the last minute, and of processors. */
  readonly load: number;
  readonly processors: number;
  readonly memoryMb: { readonly total: number; readonly available: number };
  /** File systems on disks: percent used of space and of inodes. */
  readonly disks: readonly { readonly path: string; readonly space: number; readonly inodes: number }[];
  /** Units that have failed. */
  readonly failed: readonly string[];
  readonly kernel: string;
  readonly restartDue: boolean;
}

/** Clock, load, memory, disks and failed units of a machine. */
export const hostState: Fact<HostState> = {
  name: "host state",
  script: sh`echo "clock $(date +%s%3N)"
echo "uptime $(cut -d' ' -f1 /proc/uptime)"
echo "load $(cut -d' ' -f1 /proc/loadavg) $(nproc)"
sed -n 's/^\(MemTotal\|MemAvailable\): *\([0-9]*\) kB$/\1 \2/p' /proc/meminfo
df -P -l -x tmpfs -x devtmpfs -x squashfs --output=target,pcent,ipcent 2>/dev/null | sed -n '2,$s/^/disk /p'
systemctl list-units --state=failed --plain --no-legend --no-pager | sed 's/^/failed /'
echo "kernel $(uname -r)"
if [ -e /var/run/reboot-required ]; then echo restart; fi
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
    const percent = (text = "") => Number(text.replace("%", "")) || 0;
    return {
      clock: number("clock"),
      uptimeSeconds: number("uptime"),
      load: number("load"),
      processors: number("load", 2),
      memoryMb: { total: Math.round(number("MemTotal") / 1024), available: Math.round(number("MemAvailable") / 1024) },
      disks: all("disk").map(([, path = "", space, inodes]) => ({
        path,
        space: percent(space),
        inodes: percent(inodes),
      })),
      failed: all("failed").flatMap(([, unit]) => unit ?? []),
      kernel: word("kernel"),
      restartDue: all("restart").length > 0,
    };
  },
};
