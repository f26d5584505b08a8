import type { Node } from "../core/cluster.ts";
import { valueOf, type Told } from "../core/fact.ts";
import type { Table } from "../core/table.ts";
import type { DrbdState } from "../ops/facts/drbd.ts";
import type { Finding } from "./finding.ts";

/** A storage node's own view of the replicated disk. */
export interface DrbdLook {
  readonly node: Node;
  readonly told: Told<DrbdState | null>;
  readonly failure: string | null;
}

const connections: Readonly<Record<string, string>> = {
  StandAlone: "has given up the connection, as after a split brain: a person must choose whose data count",
  WFConnection: "waits for the other one",
  WFReportParams: "is just connecting",
};

/** @param promoted nodes that Pacemaker made primary */
export function drbdFindings(looks: readonly DrbdLook[], promoted: readonly string[]): Finding[] {
  const primaries = looks.flatMap(({ node, told }) => (valueOf(told)?.role === "Primary" ? [node.name] : []));
  const split: Finding[] =
    primaries.length > 1 ? [{ level: "split", says: `${primaries.join(" and ")} are both primary` }] : [];
  const strays = primaries.filter((name) => promoted.length > 0 && !promoted.includes(name));
  return [
    ...split,
    ...strays.map(
      (name) => ({ level: "degraded", says: `${name} is primary, but Pacemaker did not make it so` }) as const,
    ),
    ...looks.flatMap((look) => lookFindings(look)),
  ];
}

function lookFindings({ node: { name }, told, failure }: DrbdLook): Finding[] {
  if (failure !== null) return [{ level: "unknown", says: `${name} cannot be reached` }];
  if (!told.known) return [{ level: "unknown", says: `${name}: ${told.why}` }];
  const state = told.value;
  if (state === null) return [{ level: "degraded", says: `the disk of ${name} is not up` }];
  const found: Finding[] = [];
  if (state.connection !== "Connected" && state.synced === null) {
    const level = state.connection === "StandAlone" ? "split" : "degraded";
    found.push({ level, says: `${name} ${connections[state.connection] ?? `is in the state ${state.connection}`}` });
  }
  if (state.synced !== null) {
    found.push({ level: "degraded", says: `${name} synchronises: ${state.synced} % done (${state.connection})` });
  }
  if (state.disk !== "UpToDate") found.push({ level: "degraded", says: `the disk of ${name} is ${state.disk}` });
  if (state.peerDisk !== "UpToDate")
    found.push({ level: "degraded", says: `${name} knows the other disk as ${state.peerDisk}` });
  if (state.outOfSyncKib > 0)
    found.push({ level: "degraded", says: `${state.outOfSyncKib} KiB of ${name} are out of sync` });
  return found;
}

/** Both views side by side. */
export function drbdTable(looks: readonly DrbdLook[]): Table {
  const cells = (name: string, of: (state: DrbdState) => string): string[] => [
    name,
    ...looks.map(({ told }) => (told.known ? (told.value === null ? "not up" : of(told.value)) : "unknown")),
  ];
  return {
    columns: ["", ...looks.map(({ node }) => node.name)],
    rows: [
      cells("connection", ({ connection }) => connection),
      cells("role", ({ role }) => role),
      cells("own disk", ({ disk }) => disk),
      cells("other disk", ({ peerDisk }) => peerDisk),
      cells("out of sync", ({ outOfSyncKib }) => `${outOfSyncKib} KiB`),
    ],
  };
}
