import { existsSync } from "node:fs";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Machine, MachineDisk } from "./hypervisor.ts";
import type { Image } from "./images.ts";
import { names, paths, type Lab } from "./lab.ts";
import { diskLink, driveName } from "./disk-link.ts";
import { plugVm } from "./network.ts";
import { ended, signal, type ProcessRef } from "./process.ts";
import { packSeed } from "./seed.ts";
import type { Settings } from "./settings.ts";
import { LabError, run } from "./shell.ts";
import { startInLab } from "./start.ts";

/** How virtual machines run on this host: with the processor's help, or translated. */
export type Accelerator = "kvm" | "tcg";

/** Sockets in a machine's folder: QEMU's own control, and the agent that runs commands inside. */
export const sockets = { control: "qmp.sock", agent: "agent.sock" } as const;

/**
 * What costs a translated machine much computing, for nothing: self-tests, waiting, consoles. QEMU finds translated code
 * by its virtual address, so with random addresses each process is translated anew: 23 ms instead of 4 to start one.
 */
const kernelOptions =
  `root=${diskLink(0)} rw console=ttyS0 net.ifnames=0 quiet mitigations=off norandmaps cryptomgr.notests udev.children_max=1 ` +
  "systemd.getty_auto=0 systemd.mask=getty@tty1.service " +
  "systemd.mask=ifupdown-pre.service systemd.mask=systemd-binfmt.service";

/** Everything that is not disk or network: console, power button, agent, randomness. */
const channels =
  `-serial stdio -qmp unix:${sockets.control},server=on,wait=off ` +
  `-device virtio-serial-pci -chardev socket,path=${sockets.agent},server=on,wait=off,id=agent ` +
  "-device virtserialport,chardev=agent,name=org.qemu.guest_agent.0 " +
  "-device virtio-rng-pci -device virtio-scsi-pci,id=scsi";

/** Starts a virtual machine with its disks in slot order on SCSI, as on Linode, and its cards as `eth0`, `eth1` … */
export async function startVm(
  settings: Settings,
  lab: Lab,
  machine: Machine,
  image: Image,
  accelerator: Accelerator,
): Promise<ProcessRef> {
  const dir = paths.machine(settings.stateDir, machine.id);
  for (const socket of Object.values(sockets)) await rm(join(dir, socket), { force: true });
  await plugVm(lab, machine);
  const drives = [];
  for (const disk of inSlotOrder(machine)) drives.push(await prepareDisk(settings, disk, image));
  const initrd = await seededInitrd(dir, lab, machine, image);
  const memory = Math.min(machine.memoryMb, settings.vmMemoryMb);
  const machineOptions = ["-name", machine.label, "-nodefaults", "-no-user-config", "-display", "none", "-smp", "1"];
  // Without tb-size each translated machine takes up to 1 GiB for translated code alone. A processor that is said to
  // copy strings fast (erms, fsrm) makes the kernel copy pages byte by byte, which translation is slowest at.
  const translated = ["-accel", "tcg,thread=multi,tb-size=256", "-cpu", "max,-erms,-fsrm"];
  const command = [
    "nsenter",
    `--net=/run/netns/${names.router(lab.id)}`,
    "qemu-system-x86_64",
    ...machineOptions,
    ...(accelerator === "kvm" ? ["-accel", "kvm", "-cpu", "host"] : translated),
    "-m",
    String(memory),
    "-kernel",
    image.kernel,
    "-initrd",
    initrd,
    "-append",
    kernelOptions,
    ...channels.split(" "),
    ...drives.flatMap(driveArguments),
    ...machine.interfaces.flatMap(({ mac }, index) => cardArguments(names.port(machine.id, index), index, mac)),
  ];
  return startInLab(lab, machine.id, join(dir, "console.log"), command, dir);
}

interface Drive {
  readonly file: string;
  readonly format: "qcow2" | "raw";
}

function driveArguments({ file, format }: Drive, index: number): string[] {
  const drive = `file=${file.replaceAll(",", ",,")},format=${format},if=none,cache=unsafe,discard=unmap,id=${driveName(index)}`;
  return ["-drive", drive, "-device", `scsi-hd,bus=scsi.0,scsi-id=${String(index)},drive=${driveName(index)}`];
}

function cardArguments(port: string, index: number, mac: string): string[] {
  const id = `n${String(index)}`;
  const device = `virtio-net-pci,netdev=${id},mac=${mac},romfile=,addr=0x${(16 + index).toString(16)}`;
  return ["-netdev", `tap,id=${id},ifname=${port},script=no,downscript=no`, "-device", device];
}

/** Disks by slot. The kernel names them in this order, so a gap would shift the names of all that follow. */
function inSlotOrder(machine: Machine): MachineDisk[] {
  const disks = machine.disks.toSorted((a, b) => a.slot.localeCompare(b.slot));
  if (disks[0]?.content !== "image") throw new LabError(`${machine.label} has no operating system in its first slot.`);
  const wrong = disks.findIndex(({ slot }, index) => slot !== `sd${String.fromCodePoint(97 + index)}`);
  if (wrong === -1) return disks;
  throw new LabError(
    `The disk slots of ${machine.label} have a gap before ${disks[wrong]?.slot ?? ""}; fill them in order.`,
  );
}

async function prepareDisk(settings: Settings, disk: MachineDisk, image: Image): Promise<Drive> {
  const dir = paths.disk(settings.stateDir, disk.id);
  await mkdir(dir, { recursive: true });
  if (disk.content === "image") {
    const file = join(dir, "root.qcow2");
    if (!existsSync(file)) await run("qemu-img", ["create", "-q", "-f", "qcow2", "-b", image.disk, "-F", "raw", file]);
    return { file, format: "qcow2" };
  }
  const file = join(dir, "raw.img");
  if (!existsSync(file)) {
    await run("truncate", ["-s", `${String(disk.sizeMb)}M`, file]);
    if (disk.content === "swap") await run("mkswap", ["-q", file]);
  }
  return { file, format: "raw" };
}

/** Runs before the first process of the system: unpacks the seed into a root that has not had one. */
const seedScript = `#!/bin/sh
[ "$1" = prereqs ] && exit 0
done=$rootmnt/var/lib/lab-seeded
[ -e "$done" ] && exit 0
cat /lab-seed.tar | chroot "$rootmnt" tar -xpf - -C /
chroot "$rootmnt" chmod 700 /root/.ssh
: >"$done"
sync
`;

const callOthers = "[ -e /conf/param.conf ] && . /conf/param.conf";
const order = ["lab-seed", "udev"].map((name) => `/scripts/init-bottom/${name} "$@"\n${callOthers}\n`).join("");

/** The image's initial file system with the machine's seed behind it; the kernel wants it on a multiple of four bytes. */
async function seededInitrd(dir: string, lab: Lab, machine: Machine, image: Image): Promise<string> {
  const extra = join(dir, "initrd.d");
  const initrd = join(dir, "initrd");
  await mkdir(join(extra, "scripts/init-bottom"), { recursive: true });
  await packSeed(join(extra, "lab-seed.tar"), lab, machine, "vm", image);
  await writeFile(join(extra, "scripts/init-bottom/lab-seed"), seedScript);
  await chmod(join(extra, "scripts/init-bottom/lab-seed"), 0o755);
  await writeFile(join(extra, "scripts/init-bottom/ORDER"), order);
  const script = 'cat "$1" >"$2"; truncate -s %4 "$2"; cd "$3"; find . -mindepth 1 | cpio --quiet -o -H newc >>"$2"';
  await run("sh", ["-ec", script, "sh", image.initrd, initrd, extra]);
  await rm(extra, { recursive: true });
  return initrd;
}

/** Cuts the power. */
export async function cutVm(qemu: ProcessRef): Promise<void> {
  signal(qemu, "SIGKILL");
  await ended(qemu, 10_000);
}
