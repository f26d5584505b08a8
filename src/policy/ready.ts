import { nodesWith } from "../core/cluster.ts";
import type { Cluster, PairRole } from "../core/cluster.ts";
import type { DrbdStatus } from "../ops/drbd.ts";
import type { PairStatus } from "../ops/pacemaker.ts";
import type { ReplicationHealth } from "../ops/replication.ts";
import { vip } from "./floating.ts";

/** Why something that was read is not ready yet, one sentence without a full stop; nothing when it is. */
export type Waiting = string | undefined;

/** Both nodes of a pair online and quorate. */
export function pairOnline(cluster: Cluster, role: PairRole, status: PairStatus): Waiting {
  const missing = nodesWith(cluster, role).filter(({ name }) => status.online[name] !== true);
  if (missing.length > 0) return `${missing.map(({ name }) => name).join(" and ")} not in the pair yet`;
  return status.quorate ? undefined : "the pair has no quorum: is the quorum server on admin reachable";
}

/** Which node of a pair serves, in the sense that it has the floating address; `undefined` while it is not exactly one. */
export function holder(status: PairStatus): string | undefined {
  const places = status.running[vip] ?? [];
  return places.length === 1 ? places[0]?.node : undefined;
}

/** The pair serves its floating address, and nothing has failed. */
export function pairServes(status: PairStatus): Waiting {
  const [failure] = status.failures;
  if (holder(status) !== undefined) return failure;
  return failure ?? "the floating address is not up yet";
}

/** Both disks connected, so that the file system may be made. */
export function drbdConnected(status: DrbdStatus): Waiting {
  return status.connection === "Connected" ? undefined : `DRBD is ${status.connection}`;
}

/** Both disks up to date and exactly one primary. */
export function drbdInSync(status: DrbdStatus): Waiting {
  const disks = `${status.disk}/${status.peerDisk}`;
  if (disks !== "UpToDate/UpToDate") return `the disks are ${disks}`;
  return [status.role, status.peerRole].filter((role) => role === "Primary").length === 1
    ? undefined
    : `the roles are ${status.role}/${status.peerRole}`;
}

/** Replication into this node runs and has no error. */
export function replicates(health: ReplicationHealth): Waiting {
  if (health.connected && health.applying) return undefined;
  return health.error || (health.applying ? "not connected to the other server yet" : "replication is stopped");
}
