import type { Node } from "../core/cluster.ts";
import type { Told } from "../core/fact.ts";
import { ago, counted } from "../core/words.ts";
import type { Interfaces } from "../ops/facts/address.ts";
import type { Certificates } from "../ops/facts/certificates.ts";
import type { ClockState } from "../ops/facts/clock.ts";
import type { FileSystem } from "../ops/facts/file-systems.ts";
import type { HostState } from "../ops/facts/host.ts";
import type { Restarts } from "../ops/facts/restarts.ts";
import type { Updates } from "../ops/facts/updates.ts";
import type { Finding } from "./finding.ts";
import { dayOf, judgeCertificates } from "./watch/certificates.ts";
import { judgeClocks, type ClockLook } from "./watch/clocks.ts";
import { judgeDisks, percent } from "./watch/disks.ts";
import { judgeHost } from "./watch/hosts.ts";
import { all, findingsOf } from "./watch/looked.ts";
import { judgeRestarts, judgeUpdates } from "./watch/updates.ts";

/** What a machine told of itself. */
export interface HostLook {
  readonly host: Told<HostState>;
  readonly cards: Told<Interfaces>;
  readonly units: Told<Readonly<Record<string, string>>>;
  readonly ports: Told<readonly number[]>;
  readonly disks: Told<readonly FileSystem[]>;
  readonly updates: Told<Updates>;
  readonly restarts: Told<Restarts>;
  readonly certificates: Told<Certificates>;
  readonly clock: ClockLook;
}

/** What is wrong with one machine, by the same judges as the watch. */
export function hostFindings({ name }: Node, look: HostLook): Finding[] {
  const { cards, units, ports, clock } = look;
  const untold = [cards, units, ports].flatMap((told): Finding[] =>
    told.known ? [] : [{ level: "unknown", says: `${name}: ${told.why}` }],
  );
  const down = units.known ? Object.entries(units.value).filter(([, state]) => state !== "active") : [];
  const at = clock.told.known ? clock.told.value.at : undefined;
  const judged = all(
    judgeHost(name, look.host),
    judgeDisks(name, look.disks),
    judgeClocks([clock]),
    judgeCertificates({ name, clock: at }, look.certificates, clock.answered),
    judgeUpdates(name, look.updates),
    judgeRestarts(name, look.restarts),
  );
  return [
    ...down.map(([unit, state]): Finding => ({ level: "degraded", says: `${unit} is ${state} on ${name}` })),
    ...findingsOf(judged),
    ...untold,
  ];
}

/** Lines for what was told. */
const of = <T>(told: Told<T>, lines: (value: T) => readonly string[]): readonly string[] =>
  told.known ? lines(told.value) : [];

/** A line for each thing that could be told. */
export function hostLines(look: HostLook): string[] {
  return [
    ...of(look.host, machineLines),
    ...of(look.clock.told, (state) => [clockLine(state, look.clock)]),
    ...of(look.disks, (disks) => disks.map(diskLine)),
    ...of(look.updates, (updates) => [updatesLine(updates)]),
    ...of(look.restarts, ({ kernel }) =>
      kernel === null ? [] : [`Debian's kernel ${kernel.running}, newest ${kernel.newest}`],
    ),
    ...of(look.certificates, certificateLines),
    ...of(look.units, (units) => [
      `services: ${Object.entries(units)
        .map(([unit, state]) => `${unit} ${state}`)
        .join(", ")}`,
    ]),
    ...of(look.cards, ({ addresses }) => [
      `addresses: ${addresses.map(({ address, nic }) => `${address} (${nic})`).join(", ")}`,
    ]),
    ...of(look.ports, (ports) => [`TCP ports listened on: ${ports.join(", ")}`]),
  ];
}

function machineLines(host: HostState): string[] {
  const days = Math.floor(host.uptimeSeconds / 86_400);
  const { total, available } = host.memoryMb;
  const killed = host.outOfMemory === 0 ? "" : `, ${host.outOfMemory} killed for want of it since the start`;
  return [
    `up for ${days > 0 ? counted(days, "day") : counted(Math.floor(host.uptimeSeconds / 60), "minute")}, Linux ${host.kernel}`,
    `load ${host.load} on ${counted(host.processors, "processor")}, ${available} of ${total} MB of memory free${killed}`,
  ];
}

function clockLine({ at, follows }: ClockState, { asked, answered }: ClockLook): string {
  // Half of the round trip is a good guess at when the node looked at its clock.
  const skew = (at - (asked + answered) / 2) / 1000;
  const off = Math.abs(skew) < 1 ? "as ours" : `${Math.abs(skew).toFixed(1)} s ${skew > 0 ? "ahead" : "behind"}`;
  return `clock ${off}, follows ${follows === null ? "nothing" : follows.source}`;
}

const diskLine = ({ path, bytes, inodes }: FileSystem): string =>
  `${path}: ${percent(bytes)} % of space${inodes === null ? "" : ` and ${percent(inodes)} % of inodes`} in use`;

function updatesLine({ ageSeconds, updates }: Updates): string {
  const security = updates.filter((one) => one.security).length;
  const age = ageSeconds === null ? "no list of the security archive" : `security list from ${ago(ageSeconds * 1000)}`;
  return `updates: ${security} of security and ${updates.length - security} others wait (${age})`;
}

const certificateLines = (found: Certificates): string[] =>
  Object.entries(found).map(([what, chain]) => {
    const until = chain.map((one) => dayOf(one.until)).toSorted()[0];
    return `certificate ${what}: ${until === undefined ? "not there" : `until ${until}`}`;
  });
