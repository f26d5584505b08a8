import { z } from "zod";
import { images, planTypes } from "./catalog.ts";
import type { PlanType } from "./catalog.ts";
import type { ApiContext } from "./context.ts";
import { bad } from "./errors.ts";
import { allocateInterfaces } from "./interfaces.ts";
import type { InterfaceInput } from "./interfaces.ts";
import type { ConfigRecord, DiskRecord, LinodeRecord } from "./state.ts";
import { now } from "./store.ts";

/** What says who may log in to a new image disk. */
export const loginFields = {
  root_pass: z.string().optional(),
  authorized_keys: z.array(z.string()).optional(),
  authorized_users: z.array(z.string()).optional(),
};

/** The values of `loginFields` in a request. */
export interface Login {
  readonly root_pass?: string | undefined;
  readonly authorized_keys?: readonly string[] | undefined;
  readonly authorized_users?: readonly string[] | undefined;
}

const publicKey =
  /^(?:ssh-(?:ed25519|rsa)|ecdsa-sha2-nistp(?:256|384|521)|sk-[a-z0-9@.-]+) [A-Za-z0-9+/]+={0,3}(?: .*)?$/;

/** Throws the 400 of a plan that does not exist. */
export function planById(id: string): PlanType {
  const plan = planTypes.find((candidate) => candidate.id === id);
  if (plan === undefined) throw bad("A valid plan type by that ID was not found", "type");
  return plan;
}

/** Throws what the API says about an unknown image, or about nobody who could log in (recorded). */
export function checkDeploy(image: string, login: Login): void {
  if (!images.some((candidate) => candidate.id === image)) throw bad("image is not valid", "image");
  const keys = login.authorized_keys ?? [];
  if ((login.root_pass ?? "") === "" && keys.length === 0 && (login.authorized_users ?? []).length === 0)
    throw bad("Must provide valid root_pass, authorized_keys, or authorized_users");
  if (login.root_pass !== undefined) checkPassword(login.root_pass);
  const wrong = keys.findIndex((key) => !publicKey.test(key.trim()));
  if (wrong >= 0) throw bad("SSH Key is not valid", `authorized_keys[${String(wrong)}]`);
  if ((login.authorized_users ?? []).length > 0) throw bad("User not found", "authorized_users[0]");
}

/** 7 to 128 characters of at least two kinds. */
function checkPassword(password: string): void {
  if (password.length < 7 || password.length > 128) throw bad("Length must be 7-128 characters", "root_pass");
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(password)).length;
  if (kinds < 2) throw bad("Password does not meet complexity requirements", "root_pass");
}

/** Adds a disk that is not ready yet. Throws when the plan has no room for it. */
export function addDisk(
  context: ApiContext,
  linode: LinodeRecord,
  disk: Pick<DiskRecord, "label" | "sizeMb" | "filesystem" | "image"> & { readonly login?: Login },
): DiskRecord {
  const { store } = context;
  const used = store.disksOf(linode.id).reduce((sum, other) => sum + other.sizeMb, 0);
  if (disk.sizeMb < 1) throw bad("Must be at least 1", "size");
  if (used + disk.sizeMb > planById(linode.type).disk)
    throw bad("Insufficient storage space to create the disk.", "size");
  const time = now();
  const record: DiskRecord = {
    id: store.nextId("disk"),
    linodeId: linode.id,
    label: disk.label,
    sizeMb: disk.sizeMb,
    filesystem: disk.filesystem,
    status: "not ready",
    image: disk.image,
    authorizedKeys: [...(disk.login?.authorized_keys ?? [])],
    rootPassword: disk.login?.root_pass ?? null,
    created: time,
    updated: time,
  };
  store.state.disks.push(record);
  return record;
}

/** What a configuration is when nothing is said about it (recorded). */
export function newConfig(context: ApiContext, linode: LinodeRecord, label: string): ConfigRecord {
  const time = now();
  return {
    id: context.store.nextId("config"),
    linodeId: linode.id,
    label,
    comments: "",
    kernel: "linode/latest-64bit",
    rootDevice: "/dev/sda",
    memoryLimit: 0,
    runLevel: "default",
    virtMode: "paravirt",
    helpers: { updatedb_disabled: true, distro: true, modules_dep: true, network: true, devtmpfs_automount: true },
    devices: {},
    interfaces: [],
    created: time,
    updated: time,
  };
}

/** An image deploy: a root disk as large as the plan allows, a swap disk and a configuration, as the API makes them. */
export function deployImage(
  context: ApiContext,
  linode: LinodeRecord,
  deploy: Login & { readonly image: string; readonly swapMb: number; readonly interfaces: readonly InterfaceInput[] },
): ConfigRecord {
  const label = images.find((image) => image.id === deploy.image)?.label ?? deploy.image;
  const rootMb = planById(linode.type).disk - deploy.swapMb;
  const root = addDisk(context, linode, {
    label: `${label} Disk`,
    sizeMb: rootMb,
    filesystem: "ext4",
    image: deploy.image,
    login: deploy,
  });
  const config = newConfig(context, linode, `My ${label} Disk Profile`);
  config.kernel = "linode/grub2";
  config.devices = { sda: root.id };
  if (deploy.swapMb > 0) {
    const swap = { label: `${String(deploy.swapMb)} MB Swap Image`, sizeMb: deploy.swapMb, image: null };
    config.devices.sdb = addDisk(context, linode, { ...swap, filesystem: "swap" }).id;
  }
  config.interfaces = allocateInterfaces(context, linode.region, deploy.interfaces);
  context.store.state.configs.push(config);
  linode.image = deploy.image;
  return config;
}
