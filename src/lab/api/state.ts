import { z } from "zod";

const deviceSlots = ["sda", "sdb", "sdc", "sdd", "sde", "sdf", "sdg", "sdh"] as const;

const disk = z.object({
  id: z.number(),
  linodeId: z.number(),
  label: z.string(),
  sizeMb: z.number(),
  filesystem: z.enum(["raw", "swap", "ext3", "ext4", "initrd"]),
  status: z.enum(["not ready", "ready", "deleting"]),
  image: z.string().nullable(),
  authorizedKeys: z.array(z.string()),
  rootPassword: z.string().nullable(),
  created: z.string(),
  updated: z.string(),
});

const configInterface = z.object({
  id: z.number(),
  purpose: z.enum(["public", "vlan"]),
  label: z.string().nullable(),
  ipamAddress: z.string().nullable(),
  primary: z.boolean(),
});

const config = z.object({
  id: z.number(),
  linodeId: z.number(),
  label: z.string(),
  comments: z.string(),
  kernel: z.string(),
  rootDevice: z.string(),
  memoryLimit: z.number(),
  runLevel: z.enum(["default", "single", "binbash"]),
  virtMode: z.enum(["paravirt", "fullvirt"]),
  helpers: z.object({
    updatedb_disabled: z.boolean(),
    distro: z.boolean(),
    modules_dep: z.boolean(),
    network: z.boolean(),
    devtmpfs_automount: z.boolean(),
  }),
  devices: z.partialRecord(z.enum(deviceSlots), z.number()),
  interfaces: z.array(configInterface),
  created: z.string(),
  updated: z.string(),
});

const linode = z.object({
  id: z.number(),
  label: z.string(),
  region: z.string(),
  type: z.string(),
  image: z.string().nullable(),
  group: z.string(),
  tags: z.array(z.string()),
  status: z.enum([
    "provisioning",
    "offline",
    "booting",
    "running",
    "shutting_down",
    "rebooting",
    "rebuilding",
    "deleting",
  ]),
  /** Was it last told to be on? The watchdog keeps it so. */
  wanted: z.boolean(),
  hostUuid: z.string(),
  userData: z.string().nullable(),
  watchdogEnabled: z.boolean(),
  placementGroup: z.number().nullable(),
  maintenancePolicy: z.enum(["linode/migrate", "linode/power_off_on"]),
  alerts: z.object({
    cpu: z.number(),
    network_in: z.number(),
    network_out: z.number(),
    transfer_quota: z.number(),
    io: z.number(),
  }),
  /** The configuration of the last boot; its interfaces count as active. */
  bootedConfig: z.number().nullable(),
  /** When the watchdog booted it, in milliseconds since 1970; at most five in fifteen minutes. */
  lassieBoots: z.array(z.number()),
  created: z.string(),
  updated: z.string(),
});

const address = z.object({
  address: z.string(),
  region: z.string(),
  linodeId: z.number(),
  rdns: z.string().nullable(),
  sharedWith: z.array(z.number()),
});

const entity = z.object({
  id: z.union([z.number(), z.string()]),
  type: z.string(),
  label: z.string(),
  url: z.string(),
});

const event = z.object({
  id: z.number(),
  created: z.string(),
  action: z.string(),
  status: z.enum(["scheduled", "started", "finished", "failed", "notification"]),
  percentComplete: z.number(),
  startedAt: z.number(),
  duration: z.number().nullable(),
  entity: entity.nullable(),
  secondaryEntity: entity.nullable(),
  message: z.string(),
  seen: z.boolean(),
});

const placementGroup = z.object({
  id: z.number(),
  label: z.string(),
  region: z.string(),
  policy: z.enum(["strict", "flexible"]),
});

/** Everything a customer owns. One JSON file. */
export const labState = z.object({
  version: z.literal(1),
  lastId: z.record(z.string(), z.number()),
  linodes: z.array(linode),
  disks: z.array(disk),
  configs: z.array(config),
  addresses: z.array(address),
  events: z.array(event),
  placementGroups: z.array(placementGroup),
  vlans: z.array(z.object({ label: z.string(), region: z.string(), created: z.string() })),
  tags: z.array(z.string()),
});

export type LabState = z.infer<typeof labState>;
export type LinodeRecord = z.infer<typeof linode>;
export type DiskRecord = z.infer<typeof disk>;
export type ConfigRecord = z.infer<typeof config>;
export type InterfaceRecord = z.infer<typeof configInterface>;
export type AddressRecord = z.infer<typeof address>;
export type EventRecord = z.infer<typeof event>;
export type EntityRecord = z.infer<typeof entity>;
export type PlacementGroupRecord = z.infer<typeof placementGroup>;
export { deviceSlots };

/** An account that owns nothing yet. Ids begin where a real account's would be today. */
export function emptyState(): LabState {
  return {
    version: 1,
    lastId: {
      linode: 101_560_400,
      disk: 184_471_900,
      config: 105_096_700,
      interface: 6_763_900,
      event: 1_103_804_600,
      placementGroup: 448_200,
    },
    linodes: [],
    disks: [],
    configs: [],
    addresses: [],
    events: [],
    placementGroups: [],
    vlans: [],
    tags: [],
  };
}
