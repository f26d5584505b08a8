import { createHash } from "node:crypto";
import { planTypes } from "./catalog.ts";
import type { Region } from "./catalog.ts";
import { publicMac, slaac } from "./network.ts";
import { deviceSlots } from "./state.ts";
import type {
  AddressRecord,
  ConfigRecord,
  DiskRecord,
  EventRecord,
  InterfaceRecord,
  LinodeRecord,
  PlacementGroupRecord,
} from "./state.ts";
import type { Store } from "./store.ts";

/** Name of the account's only user. */
export const username = "lab";

/** A Linode as `GET /linode/instances/{id}` answers it (key for key as recorded in 2026). */
export function linodeView(store: Store, region: Region, linode: LinodeRecord) {
  const type = planTypes.find((plan) => plan.id === linode.type);
  const group = store.state.placementGroups.find((candidate) => candidate.id === linode.placementGroup);
  return {
    id: linode.id,
    label: linode.label,
    group: linode.group,
    status: linode.status,
    created: linode.created,
    updated: linode.updated,
    type: linode.type,
    ipv4: store.addressesOf(linode.id),
    ipv6: `${slaac(region.ipv6Prefix, publicMac(linode.id))}/128`,
    image: linode.image,
    region: linode.region,
    site_type: "core",
    specs: {
      disk: type?.disk ?? 0,
      memory: type?.memory ?? 0,
      vcpus: type?.vcpus ?? 0,
      gpus: 0,
      transfer: type?.transfer ?? 0,
      accelerated_devices: 0,
    },
    alerts: { ...linode.alerts, system_alerts: [], user_alerts: [] },
    backups: { enabled: false, available: false, schedule: { day: null, window: null }, last_successful: null },
    hypervisor: "kvm",
    watchdog_enabled: linode.watchdogEnabled,
    tags: linode.tags,
    host_uuid: linode.hostUuid,
    has_user_data: linode.userData !== null,
    placement_group:
      group === undefined
        ? null
        : {
            id: group.id,
            label: group.label,
            placement_group_type: "anti_affinity:local",
            placement_group_policy: group.policy,
            migrating_to: null,
          },
    disk_encryption: "enabled",
    lke_cluster_id: null,
    capabilities: ["Block Storage Encryption", "SMTP Enabled", "Maintenance Policy"],
    interface_generation: "legacy_config",
    maintenance_policy: linode.maintenancePolicy,
    locks: [],
  };
}

/** A disk. What can log in to it is never shown. */
export function diskView(disk: DiskRecord) {
  return {
    id: disk.id,
    status: disk.status,
    label: disk.label,
    created: disk.created,
    updated: disk.updated,
    filesystem: disk.filesystem,
    size: disk.sizeMb,
    disk_encryption: "enabled",
  };
}

function interfaceView(entry: InterfaceRecord, active: boolean) {
  return {
    id: entry.id,
    purpose: entry.purpose,
    primary: entry.primary,
    active,
    ipam_address: entry.ipamAddress,
    label: entry.label,
    vpc_id: null,
    subnet_id: null,
    ipv4: null,
    ipv6: null,
    ip_ranges: null,
  };
}

function deviceView(id: number | undefined): { disk_id: number; volume_id: null } | null {
  return id === undefined ? null : { disk_id: id, volume_id: null };
}

/** A configuration profile; its interfaces are active when it was booted. */
export function configView(config: ConfigRecord, linode: LinodeRecord) {
  const active = linode.bootedConfig === config.id && linode.status === "running";
  return {
    id: config.id,
    label: config.label,
    helpers: config.helpers,
    kernel: config.kernel,
    comments: config.comments,
    memory_limit: config.memoryLimit,
    created: config.created,
    updated: config.updated,
    root_device: config.rootDevice,
    devices: Object.fromEntries(deviceSlots.map((slot) => [slot, deviceView(config.devices[slot])])),
    initrd: null,
    run_level: config.runLevel,
    virt_mode: config.virtMode,
    interfaces: config.interfaces.map((entry) => interfaceView(entry, active)),
  };
}

/** A public IPv4 address; `linode_id` is its owner, also in the list of one that shares it. */
export function addressView(store: Store, region: Region, entry: AddressRecord) {
  const owner = store.state.linodes.find((linode) => linode.id === entry.linodeId);
  return {
    address: entry.address,
    gateway: `${region.ipv4Prefix}.1`,
    subnet_mask: "255.255.255.0",
    prefix: 24,
    type: "ipv4",
    public: true,
    rdns: entry.rdns ?? `${entry.address.replaceAll(".", "-")}.ip.linodeusercontent.com`,
    linode_id: entry.linodeId,
    interface_id: null,
    region: entry.region,
    vpc_nat_1_1: null,
    reserved: false,
    assigned_entity: {
      id: entry.linodeId,
      type: "linode",
      label: owner?.label ?? "",
      url: `/v4/linode/instances/${String(entry.linodeId)}`,
    },
  };
}

/** All addresses of a Linode. */
export function addressesView(store: Store, region: Region, linode: LinodeRecord) {
  const mac = publicMac(linode.id);
  const ipv6 = (address: string, isPublic: boolean) => ({
    address,
    gateway: region.ipv6Gateway,
    subnet_mask: "ffff:ffff:ffff:ffff::",
    prefix: 64,
    type: "ipv6",
    rdns: null,
    linode_id: linode.id,
    region: region.id,
    public: isPublic,
  });
  const view = (entry: AddressRecord) => addressView(store, region, entry);
  return {
    ipv4: {
      public: store.state.addresses.filter((entry) => entry.linodeId === linode.id).map(view),
      private: [],
      shared: store.state.addresses.filter((entry) => entry.sharedWith.includes(linode.id)).map(view),
      reserved: [],
      vpc: [],
    },
    ipv6: {
      slaac: ipv6(slaac(region.ipv6Prefix, mac), true),
      link_local: ipv6(slaac("fe80:", mac), false),
      global: [],
      vpc: [],
    },
  };
}

/** An event; a running one has lasted until now. */
export function eventView(event: EventRecord) {
  const running = event.status === "started" ? (Date.now() - event.startedAt) / 1000 : null;
  return {
    id: event.id,
    created: event.created,
    seen: event.seen,
    read: event.seen,
    percent_complete: event.percentComplete,
    time_remaining: null,
    rate: null,
    duration: event.duration ?? running,
    action: event.action,
    username,
    entity: event.entity,
    status: event.status,
    secondary_entity: event.secondaryEntity,
    message: event.message,
    details: {},
  };
}

/** A placement group is compliant while all its members are on hosts of their own. */
export function placementGroupView(store: Store, group: PlacementGroupRecord) {
  const members = store.state.linodes.filter((linode) => linode.placementGroup === group.id);
  const alone = (linode: LinodeRecord): boolean =>
    members.every((other) => other === linode || other.hostUuid !== linode.hostUuid);
  return {
    id: group.id,
    label: group.label,
    region: group.region,
    placement_group_type: "anti_affinity:local",
    placement_group_policy: group.policy,
    is_compliant: members.every(alone),
    members: members.map((linode) => ({ linode_id: linode.id, is_compliant: alone(linode) })),
    migrations: null,
  };
}

/** The account's number in the lab: derived, so that it stays the same. */
export const accountId = Number.parseInt(createHash("sha1").update(username).digest("hex").slice(0, 5), 16);
