import { nodesWith } from "../core/cluster.ts";
import type { Cluster, PairRole } from "../core/cluster.ts";
import type { DrbdState } from "../ops/facts/drbd.ts";
import { failureWords, type PairStatus } from "../ops/facts/pair.ts";
import { vip } from "./floating.ts";

/** Why something that was read is not ready yet, one sentence without a full stop; nothing when it is. */
type Waiting = string | undefined;

/** Both nodes of a pair online and quorate. */
export function waitingForPair(cluster: Cluster, role: PairRole, status: PairStatus): Waiting {
  const missing = nodesWith(cluster, role).filter(({ name }) => status.online[name] !== true);
  if (missing.length > 0) return `${missing.map(({ name }) => name).join(" and ")} not in the pair yet`;
  return status.quorate ? undefined : "the pair has no quorum: is the quorum server on admin reachable";
}

/** Which node of a pair serves, in the sense that it has the floating address; `undefined` while it is not exactly one. */
export function holder(status: PairStatus): string | undefined {
  const places = status.running[vip] ?? [];
  return places.length === 1 ? places[0]?.node : undefined;
}

/** The pair serves its floating address. Failures that Pacemaker got over are no reason to wait. */
export function waitingForAddress(status: PairStatus): Waiting {
  if (holder(status) !== undefined) return undefined;
  const [failure] = status.failures;
  return failure === undefined ? "the floating address is not up yet" : failureWords(failure);
}

/** Both disks connected, so that the file system may be made. */
export function waitingForDrbd(state: DrbdState | null): Waiting {
  return state?.connection === "Connected" ? undefined : `DRBD is ${state?.connection ?? "not up"}`;
}
