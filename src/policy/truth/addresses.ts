import type { PairRole } from "../../core/cluster.ts";
import { valueOf, type Told } from "../../core/fact.ts";
import { allOf } from "../../core/words.ts";
import type { Finding } from "../finding.ts";
import { vip } from "../floating.ts";
import {
  cell,
  kernelCell,
  missing,
  nothing,
  of,
  placesOf,
  unknown,
  type Look,
  type ProviderLook,
  type Seen,
  type TruthRow,
} from "./seen.ts";

/** Who holds a floating address: by the provider, by Pacemaker, by each kernel, and by who answers for it. */
export function addressRow(seen: Seen, role: PairRole): TruthRow {
  const { cluster, provider } = seen;
  const { address } = cluster.floating[role];
  const looks = of(seen, role);
  const holders = looks.flatMap(({ node, interfaces }) =>
    valueOf(interfaces)?.addresses.some((held) => held.address === address) ? [node.name] : [],
  );
  const place = placesOf(looks, vip);
  const wire = wireOf(seen, address, holders);
  const route = routeOf(provider, role, address, holders);
  const findings = missing(looks, ({ interfaces }) => interfaces);
  const whole = findings.length === 0;
  if (holders.length > 1)
    findings.push({ level: "split", says: `${allOf(holders)} both hold ${address}`, about: "two" });
  if (holders.length === 0 && whole)
    findings.push({ level: "degraded", says: `no ${role} node holds ${address}`, about: "none" });
  if (place.names.length === 1 && whole && holders.length < 2 && holders.join() !== place.names.join()) {
    const says = `Pacemaker has ${address} on ${cell(place.names)}, but it is on ${cell(holders)}`;
    findings.push({ level: "degraded", says, about: "pacemaker" });
  }
  return {
    key: `address ${role}`,
    what: `${role} address ${address}`,
    provider: route.text,
    pacemaker: place.text,
    node: kernelCell(looks, ({ interfaces }) => interfaces, holders),
    wire: wire.text,
    findings: [
      ...findings,
      ...place.findings,
      ...missing(looks, ({ pair }) => pair),
      ...wire.findings,
      ...route.findings,
    ],
  };
}

/** Who answers for an address on its network, by all who asked. */
function wireOf({ looks }: Seen, address: string, holders: readonly string[]) {
  const asked = looks.filter(({ wire }) => wire !== undefined);
  const told = asked.flatMap(({ wire }) => valueOf(wire)?.[address] ?? []);
  const heard = asked.filter(({ node, wire }) => wire?.known === true && !holders.includes(node.name));
  if (heard.length === 0) {
    return {
      text: unknown,
      findings: [{ level: "unknown", says: `nobody could ask the network for ${address}` } as const],
    };
  }
  const names = [...new Set(told)].map((mac) => ownerOf(looks, mac) ?? `an unknown card (${mac})`).toSorted();
  const findings: Finding[] = [];
  if (names.length > 1)
    findings.push({ level: "split", says: `${allOf(names)} both answer for ${address}`, about: "answers" });
  else if (names.length === 0)
    findings.push({ level: "degraded", says: `nobody answers for ${address} on the network`, about: "silent" });
  else if (holders.length === 1 && names[0] !== holders[0]) {
    const says = `${address} is on ${holders[0]}, but ${names[0]} answers for it`;
    findings.push({ level: "split", says, about: "stranger" });
  }
  return { text: cell(names), findings };
}

const ownerOf = (looks: readonly Look[], mac: string): string | undefined =>
  looks.find(({ interfaces }) => valueOf(interfaces)?.macs.includes(mac))?.node.name;

function routeOf(provider: Told<ProviderLook>, role: PairRole, address: string, holders: readonly string[]) {
  // Addresses of the VLAN are nothing the provider knows of.
  if (role !== "lb") return { text: nothing, findings: [] };
  if (!provider.known) return { text: unknown, findings: [] };
  const all = Object.entries(provider.value.addresses);
  const [own, shared] = (["own", "shared"] as const).map((kind) =>
    all.flatMap(([name, has]) => (has[kind].includes(address) ? [name] : [])),
  ) as [string[], string[]];
  const may = new Set([...own, ...shared]);
  const strangers = holders.filter((holder) => !may.has(holder));
  const findings: Finding[] = strangers.map((name) => ({
    level: "degraded",
    says: `${name} holds ${address}, but Linode does not give it to ${name}`,
    about: `route ${name}`,
  }));
  if (own.length === 0) {
    findings.push({ level: "degraded", says: `Linode gives ${address} to no balancer`, about: "unrouted" });
  }
  return { text: shared.length === 0 ? cell(own) : `${cell(own)}, shared with ${allOf(shared)}`, findings };
}
