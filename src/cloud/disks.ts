import { randomBytes } from "node:crypto";
import {
  createLinodeConfig,
  createLinodeDisk,
  getLinodeConfigs,
  getLinodeDisks,
  updateLinodeConfig,
} from "@linode/api-v4";
import type { LinodeDiskCreationData } from "@linode/api-v4";
import type { z } from "zod";
import type { CloudContext, NodeSpec } from "../core/cloud.ts";
import { OpsError } from "../core/errors.ts";
import type { LinodeClient } from "./client.ts";
import { waitFor } from "./jobs.ts";
import { configWire, diskWire } from "./wire.ts";
import type { LinodeWire } from "./wire.ts";

type Disk = z.infer<typeof diskWire>;

const swapMb = 512;
/** Debian with everything a node gets needs about three; less is a mistake in the blueprint. */
const smallestRootMb = 4096;

/** What is left of the plan's disk for the root disk. Throws when that is too little. */
export function rootSizeMb(planDiskMb: number, spec: NodeSpec): number {
  const left = planDiskMb - swapMb - (spec.dataDiskMb ?? 0);
  if (left >= smallestRootMb) return left;
  throw new OpsError({
    code: "cloud_disk_too_small",
    message: `The data disk of ${String(spec.dataDiskMb ?? 0)} MB leaves ${String(left)} MB of the ${spec.type} for the system.`,
    node: spec.label,
    hint: "Choose a smaller data disk or a larger type.",
  });
}

async function listDisks(client: LinodeClient, id: number, context: CloudContext): Promise<Disk[]> {
  const what = `list the disks of Linode ${String(id)}`;
  return client.all({ what, schema: diskWire }, (params) => getLinodeDisks(id, params), context);
}

async function ensureDisk(
  client: LinodeClient,
  linode: LinodeWire,
  disk: LinodeDiskCreationData,
  context: CloudContext,
): Promise<number> {
  const find = async (): Promise<Disk | null> =>
    (await listDisks(client, linode.id, context)).find((candidate) => candidate.label === disk.label) ?? null;
  if ((await find()) === null) {
    context.say(`making the disk ${disk.label}`);
    const send = (): Promise<unknown> => createLinodeDisk(linode.id, disk);
    const what = `make the disk ${disk.label} of ${linode.label}`;
    await client.call({ what, schema: diskWire, send, found: find }, context);
  }
  // By the list: a disk that was just created is not found by its id.
  const ready = async (): Promise<Disk | null> => {
    const seen = await find();
    return seen?.status === "ready" ? seen : null;
  };
  return (await waitFor(client, `see the disk ${disk.label} of ${linode.label} ready`, ready, context)).id;
}

/** The public interface, and the VLAN if the node is on one. */
export function interfacesOf(spec: NodeSpec) {
  const open = { purpose: "public" as const };
  if (spec.vlan === null) return [open];
  return [open, { purpose: "vlan" as const, label: spec.vlan.label, ipam_address: spec.vlan.ipamAddress }];
}

function device(id: number) {
  return { disk_id: id, volume_id: null };
}

/** Long enough that nobody guesses it; nobody needs it, because keys are used. */
function randomPassword(): string {
  return `${randomBytes(32).toString("base64url")}aA1!`;
}

/** Explicit, because the default of `network` is the account's: the network files are ours, Network Helper keeps off. */
const helpers = { distro: true, modules_dep: true, devtmpfs_automount: true, updatedb_disabled: true, network: false };

async function makeDisks(client: LinodeClient, linode: LinodeWire, spec: NodeSpec, context: CloudContext) {
  const root: LinodeDiskCreationData = {
    label: "root",
    size: rootSizeMb(linode.specs.disk, spec),
    image: spec.image,
    authorized_keys: [...spec.authorizedKeys],
    // The package refuses an image disk without one.
    root_pass: randomPassword(),
  };
  const sda = await ensureDisk(client, linode, root, context);
  const sdb = await ensureDisk(client, linode, { label: "swap", size: swapMb, filesystem: "swap" }, context);
  if (spec.dataDiskMb === null) return { sda: device(sda), sdb: device(sdb) };
  const data: LinodeDiskCreationData = { label: "data", size: spec.dataDiskMb, filesystem: "raw" };
  const sdc = await ensureDisk(client, linode, data, context);
  return { sda: device(sda), sdb: device(sdb), sdc: device(sdc) };
}

/**
 * Makes what a Linode that is off still lacks before it can boot: disks and a configuration where there is none, and
 * Network Helper off in the one that an image deploy made. Keeps what is there.
 */
export async function completeDisks(
  client: LinodeClient,
  linode: LinodeWire,
  spec: NodeSpec,
  context: CloudContext,
): Promise<void> {
  const what = `prepare ${spec.label} for its first boot`;
  const list = () => client.all({ what, schema: configWire }, (params) => getLinodeConfigs(linode.id, params), context);
  const [existing] = await list();
  if (existing !== undefined) {
    if (!existing.helpers.network) return;
    const send = (): Promise<unknown> => updateLinodeConfig(linode.id, existing.id, { helpers });
    await client.call({ what, schema: configWire, send }, context);
    return;
  }
  const config = {
    label: "boot",
    devices: await makeDisks(client, linode, spec, context),
    // Without one the API takes its own kernel, which may lack DRBD.
    kernel: "linode/grub2",
    root_device: "/dev/sda",
    initrd: null,
    helpers,
    interfaces: interfacesOf(spec),
  };
  const send = (): Promise<unknown> => createLinodeConfig(linode.id, config);
  const found = async () => (await list())[0] ?? null;
  await client.call({ what, schema: configWire, send, found }, context);
}
