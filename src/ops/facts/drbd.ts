import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";

/** A DRBD device as /proc/drbd of DRBD 8.4 tells it; `null` when the device is not up. */
export interface DrbdState {
  /** `Connected`, `WFConnection`, `StandAlone`, `SyncSource` … */
  readonly connection: string;
  readonly role: string;
  readonly peerRole: string;
  /** `UpToDate`, `Inconsistent` … */
  readonly disk: string;
  readonly peerDisk: string;
}

/** State of device 0. */
export const drbdState: Fact<DrbdState | null> = {
  name: "drbd state",
  script: sh`cat /proc/drbd 2>/dev/null || true`,
  parse(output) {
    const match = /^\s*0: cs:(\S+) ro:(\w+)\/(\w+) ds:(\w+)\/(\w+)/m.exec(output);
    const [, connection, role, peerRole, disk, peerDisk] = match ?? [];
    if (!connection || !role || !peerRole || !disk || !peerDisk) return null;
    return { connection, role, peerRole, disk, peerDisk };
  },
};
