import { nodesWith, pairRoles, peerOf, type Node } from "../core/cluster.ts";
import type { Interfaces } from "../ops/facts/address.ts";
import type { Certificates } from "../ops/facts/certificates.ts";
import type { ClockState } from "../ops/facts/clock.ts";
import type { DatabaseState } from "../ops/facts/database.ts";
import type { DrbdState } from "../ops/facts/drbd.ts";
import type { FilterState, Tables } from "../ops/facts/filter.ts";
import type { FileSystem } from "../ops/facts/file-systems.ts";
import type { HostState } from "../ops/facts/host.ts";
import type { PairStatus } from "../ops/facts/pair.ts";
import type { QuorumState } from "../ops/facts/quorum.ts";
import type { Restarts } from "../ops/facts/restarts.ts";
import type { Transition } from "../ops/facts/transition.ts";
import type { OnWire, WireAnswers } from "../ops/facts/wire.ts";
import type { Updates } from "../ops/facts/updates.ts";
import { canonical } from "../ops/facts/filter.ts";
import { vip } from "../policy/floating.ts";
import { holderOf, isRunning, statesOf, type World } from "./world.ts";

/** What a simulated node answers to a fact, computed from the states its operations left. */
export type Answer = (world: World, node: Node, query: unknown) => unknown;

/** The facts that inspections and waits hold against one another, by name. */
export const truths: Readonly<Record<string, Answer>> = {
  interfaces: (world, node): Interfaces => {
    const own = [
      { nic: "eth0", address: node.ipv4.address },
      ...(node.privateIp === null ? [] : [{ nic: "eth1", address: node.privateIp }]),
    ];
    const floating = pairRoles
      .filter((role) => holderOf(world, role) === node.name)
      .map((role) => ({ nic: world.cluster.floating[role].nic, address: world.cluster.floating[role].address }));
    return { addresses: [...own, ...floating], macs: [macOf(node)] };
  },
  wire: (world, node, query): WireAnswers =>
    Object.fromEntries((query as readonly OnWire[]).map(({ address }) => [address, answering(world, node, address)])),
  "database state": (world, node): DatabaseState | null => {
    if (!isRunning(world, node.name, "mariadb")) return null;
    const peer = peerOf(world.cluster, node);
    return {
      readOnly: holderOf(world, "db") !== node.name,
      serverId: node.index,
      domain: node.index,
      written: "",
      applied: "",
      autoIncrement: { step: 2, offset: node.index },
      semiSync: { source: "OFF", replica: "OFF" },
      source: {
        host: peer?.privateIp ?? "",
        receives: replicates(world, node) ? "Yes" : "Connecting",
        applies: "Yes",
        lag: replicates(world, node) ? 0 : null,
        byGtid: true,
        receiveError: null,
        applyError: null,
        received: "",
        at: "binlog.000001:4",
      },
    };
  },
  "drbd state": (world, node): DrbdState | null =>
    node.role === "nfs" ? { connection: "Connected", ...disks(world, node), outOfSyncKib: 0, synced: null } : null,
  "quorum state": (world, node): QuorumState | null =>
    isRunning(world, node.name, "corosync") ? { quorate: true, votes: 3, expected: 3 } : null,
  "pacemaker status": (world, node): PairStatus => ({
    quorate: true,
    online: Object.fromEntries(
      nodesWith(world.cluster, node.role).map(({ name }) => [name, isRunning(world, name, "pacemaker")]),
    ),
    aside: [],
    running: runningOn(world, node),
    broken: [],
    failures: [],
    fencing: false,
    maintenance: false,
    fenced: [],
  }),
  transition: (world, node, query): Transition => {
    const { node: dead } = query as { readonly node: string };
    const before = runningOn(world, node);
    const heir = nodesWith(world.cluster, node.role).find(({ name }) => name !== dead)?.name ?? "";
    const move = (places: PairStatus["running"][string]) =>
      places.map((place) => (place.node === dead ? { ...place, node: heir } : place));
    return {
      before,
      after: Object.fromEntries(Object.entries(before).map(([id, places]) => [id, move(places)])),
      steps: Object.entries(before).flatMap(([id, places]) =>
        places.some((place) => place.node === dead) ? [`start ${id} on ${heir}`] : [],
      ),
    };
  },
  "packet filter": (world, node, query): FilterState => {
    const [held = {}] = statesOf(world, node.name, "firewall");
    const { v4 = "", v6 = "" } = held as Partial<Tables>;
    const tables = { v4: canonical(v4), v6: canonical(v6) };
    return { declared: query as Tables, running: tables, saved: tables, others: [] };
  },
};

/** Facts about single machines. */
export const machines: Readonly<Record<string, Answer>> = {
  "host state": (): HostState => ({
    uptimeSeconds: performance.now() / 1000,
    load: 0,
    processors: 1,
    memoryMb: { total: 1024, available: 1024 },
    failed: [],
    kernel: "simulated",
    outOfMemory: 0,
  }),
  clock: (): ClockState => ({
    at: Date.now(),
    kept: true,
    follows: { source: "simulated", seconds: 0, heardAt: Date.now() },
  }),
  "file systems": (world, node): FileSystem[] => {
    const on = (path: string, device: string): FileSystem => ({
      ...{ path, device, writable: "yes" },
      bytes: { total: 20e9, free: 18e9 },
      inodes: { total: 1e6, free: 9e5 },
    });
    return [on("/", "/dev/sda"), ...(holderOf(world, "nfs") === node.name ? [on("/srv/nfs", "/dev/drbd0")] : [])];
  },
  updates: (): Updates => ({ ageSeconds: 0, updates: [], keptBack: 0 }),
  restarts: (): Restarts => ({ kernel: null, asked: [], units: [] }),
  certificates: (_world, _node, query): Certificates => {
    const day = 86_400_000;
    const validity = { from: Date.now() - day, until: Date.now() + 3650 * day };
    return Object.fromEntries((query as readonly string[]).map((what) => [what, [validity]]));
  },
  logs: () => ["Simulated nodes write no logs."],
  "table checksums": () => ({}),
};

/** Made up, one for each machine. */
const macOf = ({ linodeId }: Node): string =>
  `f2:3c:00:${[16, 8, 0].map((shift) => ((linodeId >> shift) & 0xff).toString(16).padStart(2, "0")).join(":")}`;

/** The holder of an address, unless that is who asks. */
function answering(world: World, from: Node, address: string): string[] {
  const { cluster } = world;
  const holders = pairRoles.flatMap((role) =>
    cluster.floating[role].address === address ? (holderOf(world, role) ?? []) : [],
  );
  return cluster.nodes.flatMap((node) => (holders.includes(node.name) && node.name !== from.name ? [macOf(node)] : []));
}

function runningOn(world: World, { role }: Node): PairStatus["running"] {
  const holder = role === "web" || role === "admin" ? undefined : holderOf(world, role);
  if (holder === undefined) return {};
  const main = { lb: [], db: [["db_writer", "Started"]], nfs: [["drbd", "Promoted"]] } as const;
  const resources = [[vip, "Started"], ...(role === "web" || role === "admin" ? [] : main[role])] as const;
  return Object.fromEntries(resources.map(([id, as]) => [id, [{ node: holder, role: as }]]));
}

function replicates(world: World, node: Node): boolean {
  const peer = peerOf(world.cluster, node);
  return [node, ...(peer === undefined ? [] : [peer])].every(
    ({ name }) => statesOf(world, name, "replication").length > 0,
  );
}

function disks(world: World, node: Node) {
  const formatted = holderOf(world, "nfs") !== undefined;
  const state = formatted ? "UpToDate" : "Inconsistent";
  const primary = holderOf(world, "nfs") === node.name;
  const [role, peerRole] = primary ? ["Primary", "Secondary"] : ["Secondary", formatted ? "Primary" : "Secondary"];
  return { role, peerRole, disk: state, peerDisk: state };
}
