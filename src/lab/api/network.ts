import { createHash } from "node:crypto";
import { bad } from "./errors.ts";
import type { Region } from "./catalog.ts";
import type { Store } from "./store.ts";

/** Addresses below this one belong to the gateway and to the lab itself. */
const firstHost = 10;
const lastHost = 254;

/** Hardware address of the public card: a Linode's prefix and the id, so that it never changes. */
export function publicMac(linodeId: number): string {
  const hex = (linodeId % 0x1000000).toString(16).padStart(6, "0");
  return `f2:3c:95:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4, 6)}`;
}

/** Hardware address of a card on a VLAN: the same for the same Linode and VLAN at every boot. */
export function vlanMac(linodeId: number, label: string): string {
  const hash = createHash("sha256")
    .update(`${String(linodeId)}/${label}`)
    .digest("hex");
  return `92:de:${hash.slice(0, 2)}:${hash.slice(2, 4)}:${hash.slice(4, 6)}:${hash.slice(6, 8)}`;
}

/** The address a host gives itself from a router advertisement (RFC 4291, appendix A: modified EUI-64). */
export function slaac(prefix: string, mac: string): string {
  const bytes = mac.split(":").map((part) => Number.parseInt(part, 16));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = bytes;
  const eui = [a ^ 2, b, c, 0xff, 0xfe, d, e, f];
  const groups = [0, 2, 4, 6].map((at) => ((eui[at] ?? 0) * 256 + (eui[at + 1] ?? 0)).toString(16));
  // A URL writes an IPv6 address in its canonical form.
  return new URL(`http://[${prefix}:${groups.join(":")}]`).hostname.slice(1, -1);
}

/** The next free public IPv4 of a region, going round so that an address is not reused soon. */
export function allocateIpv4(store: Store, region: Region, linodeId: number): string {
  const key = `host/${region.id}`;
  const taken = new Set(store.state.addresses.map((entry) => entry.address));
  const size = lastHost - firstHost + 1;
  for (let step = 0; step < size; step += 1) {
    const last = store.state.lastId[key] ?? firstHost - 1;
    const host = last >= lastHost ? firstHost : last + 1;
    store.state.lastId[key] = host;
    const address = `${region.ipv4Prefix}.${String(host)}`;
    if (taken.has(address)) continue;
    store.state.addresses.push({ address, region: region.id, linodeId, rdns: null, sharedWith: [] });
    return address;
  }
  throw bad("No IPv4 addresses are available in this region.", "region");
}

/** Identity of a physical host, as the API writes it. */
function hostUuid(region: string, index: number): string {
  return createHash("sha1")
    .update(`${region}/host/${String(index)}`)
    .digest("hex");
}

/**
 * A host for a new Linode. Without a placement group everything shares one host, the worst that a real region may do;
 * with one, a host that none of its members is on.
 */
export function chooseHost(store: Store, region: string, group: number | null): string {
  if (group === null) return hostUuid(region, 0);
  const members = store.state.linodes.filter((linode) => linode.placementGroup === group);
  const used = new Set(members.map((linode) => linode.hostUuid));
  let index = 0;
  while (used.has(hostUuid(region, index))) index += 1;
  return hostUuid(region, index);
}
