import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Machine, MachineDisk } from "./hypervisor.ts";
import type { Image } from "./images.ts";
import { names, paths, type Lab } from "./lab.ts";
import { plugContainer } from "./network.ts";
import { childrenOf, ended, processRef, signal, type ProcessRef } from "./process.ts";
import { packSeed } from "./seed.ts";
import { attempt, LabError, run } from "./shell.ts";
import { startInLab } from "./start.ts";

/** What systemd in a container takes for "shut down and power off" (SIGRTMIN+4, systemd(1)). */
const powerOffSignal = 38;

/** Starts a container: the image below, the machine's own disk above, real systemd as its first process. */
export async function startContainer(stateDir: string, lab: Lab, machine: Machine, image: Image): Promise<ProcessRef> {
  const dir = paths.machine(stateDir, machine.id);
  await stopOverlay(stateDir, machine.id);
  await plugContainer(lab, machine);
  const root = await mountRoot(stateDir, lab, machine, image);
  const devices = await attachDisks(stateDir, machine);
  return startInLab(lab, machine.id, join(dir, "console.log"), [
    "systemd-nspawn",
    ...["--quiet", "--register=no", "--keep-unit", "--boot"],
    // The clock, raw input and output, and modules are this machine's.
    ...["--capability=all", "--drop-capability=CAP_SYS_TIME,CAP_SYS_RAWIO,CAP_SYS_MODULE"],
    ...["--system-call-filter=@known", "--resolv-conf=off", "--timezone=off", "--link-journal=no"],
    `--network-namespace-path=/run/netns/${names.namespace(lab.id, machine.id)}`,
    ...devices.map(({ device, slot }) => `--bind=${device}:/dev/${slot}`),
    ...["--directory", root, `--machine=nl${lab.id}-${String(machine.id)}`, `--hostname=${machine.label}`],
  ]);
}

/** Mounts the machine's root; a disk that is new gets its first content. */
async function mountRoot(stateDir: string, lab: Lab, machine: Machine, image: Image): Promise<string> {
  const disk = machine.disks.find(({ content }) => content === "image");
  if (disk === undefined) throw new LabError(`${machine.label} has no disk with an operating system to boot from.`);
  const root = join(paths.machine(stateDir, machine.id), "root");
  await mkdir(root, { recursive: true });
  const layer = await mountLayer(stateDir, disk);
  const [upper, work, seeded] = [join(layer, "upper"), join(layer, "work"), join(layer, "seeded")];
  await mkdir(upper, { recursive: true });
  await mkdir(work, { recursive: true });
  const options = `lowerdir=${image.tree},upperdir=${upper},workdir=${work}`;
  await run("mount", ["-t", "overlay", `nonet-lab-${lab.id}`, "-o", options, root]);
  if (!existsSync(seeded)) {
    const seed = join(paths.machine(stateDir, machine.id), "seed.tar");
    await packSeed(seed, lab, machine, "container", image);
    await run("tar", ["-xpf", seed, "-C", root]);
    await run("chmod", ["700", join(root, "root/.ssh")]);
    await rm(seed);
    await writeFile(seeded, "");
  }
  return root;
}

/**
 * Mounts a disk's file, of limited size so that a full node does not fill this machine. It stays mounted until the
 * disk is deleted: mounting it twice while somebody still sees the first mount would destroy it.
 */
async function mountLayer(stateDir: string, disk: MachineDisk): Promise<string> {
  const dir = paths.disk(stateDir, disk.id);
  const [file, layer] = [join(dir, "layer.img"), join(dir, "layer")];
  if ((await attempt("mountpoint", ["-q", layer])).code === 0) return layer;
  await mkdir(layer, { recursive: true });
  if (!existsSync(file)) {
    await run("truncate", ["-s", `${String(disk.sizeMb)}M`, `${file}.new`]);
    const options = ["-q", "-t", "ext4", "-O", "^has_journal", "-m", "1", "-E", "lazy_itable_init=1,nodiscard"];
    await run("mke2fs", [...options, `${file}.new`]);
    await run("mv", [`${file}.new`, file]);
  }
  await run("mount", ["-o", "loop,noatime", file, layer]);
  return layer;
}

/** Loop devices for the disks beside the root, for hosts whose own kernel serves storage to containers. */
async function attachDisks(stateDir: string, machine: Machine): Promise<{ device: string; slot: string }[]> {
  const devices = [];
  for (const disk of machine.disks.filter(({ content }) => content === "raw")) {
    const dir = paths.disk(stateDir, disk.id);
    const file = join(dir, "raw.img");
    await mkdir(dir, { recursive: true });
    if (!existsSync(file)) await run("truncate", ["-s", `${String(disk.sizeMb)}M`, file]);
    const known = (await run("losetup", ["-j", file, "-nO", "NAME"])).trim().split("\n")[0] ?? "";
    const device = known === "" ? (await run("losetup", ["-f", "--show", file])).trim() : known;
    devices.push({ device, slot: disk.slot });
  }
  return devices;
}

/** Unmounts the root of a container that is off. */
export async function stopOverlay(stateDir: string, id: number): Promise<void> {
  const root = join(paths.machine(stateDir, id), "root");
  while ((await attempt("mountpoint", ["-q", root])).code === 0) await run("umount", ["-l", root]);
}

/** Lets go of a disk's file, so that it can be removed. */
export async function releaseDisk(stateDir: string, id: number): Promise<void> {
  const dir = paths.disk(stateDir, id);
  const layer = join(dir, "layer");
  while ((await attempt("mountpoint", ["-q", layer])).code === 0) await run("umount", ["-l", layer]);
  const loops = await attempt("losetup", ["-j", join(dir, "raw.img"), "-nO", "NAME"]);
  for (const device of loops.stdout.split("\n").filter(Boolean)) await attempt("losetup", ["-d", device.trim()]);
}

/** The container's own first process. */
export async function leaderOf(nspawn: ProcessRef): Promise<ProcessRef | null> {
  const [pid] = await childrenOf(nspawn.pid);
  return pid === undefined ? null : processRef(pid);
}

/** Asks systemd inside to shut down. */
export async function askToPowerOff(nspawn: ProcessRef): Promise<void> {
  const leader = await leaderOf(nspawn);
  if (leader !== null) signal(leader, powerOffSignal);
}

/** Cuts the power: the first process takes all others with it, then systemd-nspawn cleans up after itself. */
export async function cutContainer(nspawn: ProcessRef): Promise<void> {
  const leader = await leaderOf(nspawn);
  if (leader !== null) signal(leader, "SIGKILL");
  if (await ended(nspawn, 5000)) return;
  signal(nspawn, "SIGKILL");
  await ended(nspawn, 5000);
}
