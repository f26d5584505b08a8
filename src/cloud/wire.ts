import { z } from "zod";

/** A Linode. `host_uuid` is missing from the types of the client package, but not from the wire (recorded). */
export const linodeWire = z.object({
  id: z.number(),
  label: z.string(),
  region: z.string(),
  type: z.string().nullable(),
  status: z.string(),
  tags: z.array(z.string()),
  ipv4: z.array(z.string()),
  ipv6: z.string().nullable(),
  host_uuid: z.string().nullish(),
  specs: z.object({ disk: z.number() }),
});
export type LinodeWire = z.infer<typeof linodeWire>;

/** A disk; `size` in MB. */
export const diskWire = z.object({ id: z.number(), label: z.string(), status: z.string(), size: z.number() });

/** A configuration profile. */
export const configWire = z.object({ id: z.number(), label: z.string(), helpers: z.object({ network: z.boolean() }) });

/** An event: how far a job is. */
export const eventWire = z.object({
  id: z.number(),
  action: z.string(),
  status: z.string(),
  percent_complete: z.number().nullable(),
  message: z.string().nullish(),
});
export type EventWire = z.infer<typeof eventWire>;

const ipv4Wire = z.object({ address: z.string(), gateway: z.string().nullable(), prefix: z.number() });

/** All addresses of a Linode. */
export const addressesWire = z.object({
  ipv4: z.object({ public: z.array(ipv4Wire), shared: z.array(z.object({ address: z.string() })) }),
  ipv6: z
    .object({
      slaac: z.object({ address: z.string(), prefix: z.number(), gateway: z.string().nullable() }).nullish(),
    })
    .nullish(),
});

/** One address. */
export const addressWire = z.object({ address: z.string() });

/** A plan. */
export const typeWire = z.object({
  id: z.string(),
  label: z.string(),
  price: z.object({ monthly: z.number().nullable() }),
  region_prices: z.array(z.object({ id: z.string(), monthly: z.number().nullable() })).default([]),
  disk: z.number(),
  memory: z.number(),
  vcpus: z.number(),
});

/** A region; resolvers are comma lists. */
export const regionWire = z.object({
  id: z.string(),
  label: z.string(),
  capabilities: z.array(z.string()),
  status: z.string(),
  resolvers: z.object({ ipv4: z.string(), ipv6: z.string() }),
});

/** A placement group. */
export const placementGroupWire = z.object({
  id: z.number(),
  label: z.string(),
  region: z.string(),
  members: z.array(z.object({ linode_id: z.number() })),
});

/** The owner of the token. */
export const profileWire = z.object({ username: z.string() });

/** A moment as the API writes it: UTC without saying so. */
const timeWire = z
  .string()
  .nullish()
  .transform((time) => {
    const at = Date.parse(`${time ?? ""}Z`);
    return Number.isNaN(at) ? null : at;
  });

/** Work on the host of a Linode. Newer answers have more statuses and fields than the document (client package 0.159). */
export const maintenanceWire = z.object({
  entity: z.object({ id: z.number(), type: z.string() }),
  type: z.string(),
  status: z.string(),
  when: timeWire,
  start_time: timeWire,
  reason: z.string(),
});

/** Something the owner of the account should know. */
export const notificationWire = z.object({
  type: z.string(),
  severity: z.string(),
  message: z.string(),
  entity: z.object({ id: z.union([z.number(), z.string()]).nullish(), type: z.string() }).nullish(),
  when: timeWire,
});

/** One page of a collection. */
export const pageWire = z.object({ data: z.array(z.unknown()), pages: z.number() });
