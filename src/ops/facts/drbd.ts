import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";
import { unreadable } from "./unreadable.ts";

/** A DRBD device as /proc/drbd of DRBD 8.4 tells it; `null` when the device is not up. */
export interface DrbdState {
  /** `Connected`, `WFConnection`, `StandAlone`, `SyncSource` … */
  readonly connection: string;
  readonly role: string;
  readonly peerRole: string;
  /** `UpToDate`, `Inconsistent` … */
  readonly disk: string;
  readonly peerDisk: string;
  /** What the other disk lacks. */
  readonly outOfSyncKib: number;
  /** Percent done of a synchronisation; `null` while there is none. */
  readonly synced: number | null;
}

/** State of device 0. */
export const drbdState: Fact<DrbdState | null> = {
  name: "drbd state",
  script: sh`if [ -e /proc/drbd ]; then cat /proc/drbd; else echo "version: none"; fi; echo complete`,
  parse(output) {
    if (!output.startsWith("version: ") || !output.trimEnd().endsWith("complete")) {
      throw unreadable("/proc/drbd does not begin with a version.");
    }
    const device = /^\s*0: (.*)\n(.*)/m.exec(output);
    if (device === null || device[1]?.startsWith("cs:Unconfigured") === true) return null;
    const [, connection, role, peerRole, disk, peerDisk] =
      /^cs:(\S+) ro:(\w+)\/(\w+) ds:(\w+)\/(\w+) /.exec(device[1] ?? "") ?? [];
    const outOfSync = / oos:(\d+)$/.exec(device[2] ?? "")?.[1];
    if (!connection || !role || !peerRole || !disk || !peerDisk || outOfSync === undefined) {
      throw unreadable(`/proc/drbd tells of device 0: “${device[0].trim()}”.`);
    }
    const synced = /sync'ed:\s*([\d.]+)%/.exec(output)?.[1];
    return {
      ...{ connection, role, peerRole, disk, peerDisk },
      outOfSyncKib: Number(outOfSync),
      synced: synced === undefined ? null : Number(synced),
    };
  },
};
