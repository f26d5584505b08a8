import type { Node } from "../core/cluster.ts";
import type { Told } from "../core/fact.ts";
import { counted } from "../core/words.ts";
import type { Interfaces } from "../ops/facts/address.ts";
import type { HostState } from "../ops/facts/host.ts";
import type { Finding } from "./finding.ts";

/** What a machine told of itself. */
export interface HostLook {
  readonly host: Told<HostState>;
  readonly cards: Told<Interfaces>;
  readonly units: Told<Readonly<Record<string, string>>>;
  readonly ports: Told<readonly number[]>;
}

/** Percent of a file system, above which people should look; the monitoring warns at the same. */
const mostPercent = 90;
/** Milliseconds two clocks may differ: TLS and the order of logs suffer beyond. */
const mostSkewMs = 5000;
/** Percent of memory that must be left. */
const leastMemory = 5;

/** @param now milliseconds since 1970, when the node was asked */
export function hostFindings({ name }: Node, { host, cards, units, ports }: HostLook, now: number): Finding[] {
  const untold = [host, cards, units, ports].flatMap((told): Finding[] =>
    told.known ? [] : [{ level: "unknown", says: `${name}: ${told.why}` }],
  );
  const down = units.known ? Object.entries(units.value).filter(([, state]) => state !== "active") : [];
  const bad = [
    ...down.map(([unit, state]) => `${unit} is ${state} on ${name}`),
    ...(host.known ? hostWords(name, host.value, now) : []),
  ];
  const note: Finding[] =
    host.known && host.value.restartDue ? [{ level: "note", says: `${name} waits for a restart after updates` }] : [];
  return [...bad.map((says) => ({ level: "degraded", says }) as const), ...untold, ...note];
}

function hostWords(name: string, host: HostState, now: number): string[] {
  const skew = Math.abs(host.clock - now);
  const { total, available } = host.memoryMb;
  return [
    ...host.disks.flatMap(({ path, space, inodes }) => [
      ...(space > mostPercent ? [`${path} of ${name} is ${space} % full`] : []),
      ...(inodes > mostPercent ? [`${path} of ${name} has ${inodes} % of its inodes in use`] : []),
    ]),
    ...(skew > mostSkewMs ? [`the clock of ${name} differs by ${Math.round(skew / 1000)} s`] : []),
    ...(available * 100 < total * leastMemory ? [`${name} has ${available} of ${total} MB of memory left`] : []),
    ...(host.failed.length === 0 ? [] : [`failed on ${name}: ${host.failed.join(", ")}`]),
  ];
}

/** A line for each thing that could be told. */
export function hostLines({ host, cards, units, ports }: HostLook, now: number): string[] {
  return [
    ...(host.known ? machineLines(host.value, now) : []),
    ...(units.known
      ? [
          `services: ${Object.entries(units.value)
            .map(([unit, state]) => `${unit} ${state}`)
            .join(", ")}`,
        ]
      : []),
    ...(cards.known
      ? [`addresses: ${cards.value.addresses.map(({ address, nic }) => `${address} (${nic})`).join(", ")}`]
      : []),
    ...(ports.known ? [`TCP ports listened on: ${ports.value.join(", ")}`] : []),
  ];
}

function machineLines(host: HostState, now: number): string[] {
  const days = Math.floor(host.uptimeSeconds / 86_400);
  const skew = (host.clock - now) / 1000;
  return [
    `up for ${days > 0 ? counted(days, "day") : counted(Math.floor(host.uptimeSeconds / 60), "minute")}, Linux ${host.kernel}`,
    `load ${host.load} on ${counted(host.processors, "processor")}, ${host.memoryMb.available} of ${host.memoryMb.total} MB of memory free`,
    `clock ${Math.abs(skew) < 1 ? "as ours" : `${Math.abs(skew).toFixed(1)} s ${skew > 0 ? "ahead" : "behind"}`}`,
    ...host.disks.map(({ path, space, inodes }) => `${path}: ${space} % of space and ${inodes} % of inodes in use`),
  ];
}
