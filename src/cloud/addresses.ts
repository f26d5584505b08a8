import { allocateIPAddress, getLinodeIPs, shareAddresses } from "@linode/api-v4";
import { z } from "zod";
import type { CloudContext, NodeAddresses } from "../core/cloud.ts";
import { OpsError } from "../core/errors.ts";
import type { LinodeClient } from "./client.ts";
import { readLinode, waitFor } from "./jobs.ts";
import { addressesWire, addressWire } from "./wire.ts";

/** See `Cloud.addresses`. */
export async function readAddresses(client: LinodeClient, id: number, context: CloudContext): Promise<NodeAddresses> {
  const what = `read the addresses of Linode ${String(id)}`;
  const { ipv4, ipv6 } = await client.call({ what, schema: addressesWire, send: () => getLinodeIPs(id) }, context);
  const [main, ...extra] = ipv4.public;
  if (main === undefined || main.gateway === null)
    throw new OpsError({
      code: "cloud_no_address",
      message: `Linode ${String(id)} has no public IPv4 address.`,
      hint: "Add one in Cloud Manager.",
    });
  const slaac = ipv6?.slaac ?? null;
  return {
    ipv4: { address: main.address, gateway: main.gateway, prefix: main.prefix },
    ipv6: slaac === null ? null : { ...slaac, gateway: slaac.gateway ?? "fe80::1" },
    extra: extra.map((entry) => entry.address),
    shared: ipv4.shared.map((entry) => entry.address),
  };
}

/** See `Cloud.ensureExtraIpv4`. */
export async function ensureExtraIpv4(client: LinodeClient, id: number, context: CloudContext): Promise<string> {
  const find = async (): Promise<{ address: string } | null> => {
    const [address] = (await readAddresses(client, id, context)).extra;
    return address === undefined ? null : { address };
  };
  const existing = await find();
  if (existing !== null) return existing.address;
  const send = (): Promise<unknown> => allocateIPAddress(id, { type: "ipv4", public: true });
  const what = `add an IPv4 address to Linode ${String(id)}`;
  const { address } = await client.call({ what, schema: addressWire, send, found: find }, context);
  // A new address may take a moment to show on its Linode, and cannot be shared before.
  const shows = async () => ((await readAddresses(client, id, context)).extra.includes(address) ? address : null);
  return waitFor(client, `see the address ${address} on Linode ${String(id)}`, shows, context);
}

/** See `Cloud.shareIpv4`. */
export async function shareIpv4(
  client: LinodeClient,
  id: number,
  wanted: readonly string[],
  context: CloudContext,
): Promise<void> {
  const { shared } = await readAddresses(client, id, context);
  if (wanted.every((address) => shared.includes(address))) return;
  // The list that is sent replaces the one that is there.
  const ips = [...new Set([...shared, ...wanted])];
  const { label } = await readLinode(client, id, context);
  const what = `share ${wanted.join(", ")} with ${label}`;
  const send = (): Promise<unknown> => shareAddresses({ linode_id: id, ips });
  await client.call({ what, schema: z.unknown(), send }, context);
  const shows = async () => {
    const now = (await readAddresses(client, id, context)).shared;
    return wanted.every((address) => now.includes(address)) ? true : null;
  };
  await waitFor(client, `see the shared addresses on ${label}`, shows, context);
}
