import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Machine } from "./hypervisor.ts";
import type { Image, Progress } from "./images.ts";
import { writeAtomically } from "./lab.ts";
import { bootId } from "./process.ts";
import type { NodesMode, Settings } from "./settings.ts";
import { attempt, LabError, lastLines } from "./shell.ts";
import type { Accelerator } from "./vm.ts";

/** Commands the lab calls, with the Debian package each comes from. */
const tools: ReadonlyMap<string, string> = new Map([
  ["apt-ftparchive", "apt-utils"],
  ["cpio", "cpio"],
  ["ip", "iproute2"],
  ["losetup", "mount"],
  ["mke2fs", "e2fsprogs"],
  ["mmdebstrap", "mmdebstrap"],
  ["nsenter", "util-linux"],
  ["openssl", "openssl"],
  ["python3", "python3-minimal"],
  ["qemu-img", "qemu-utils"],
  ["qemu-system-x86_64", "qemu-system-x86"],
  ["ssh-keygen", "openssh-client"],
  ["sysctl", "procps"],
  ["systemd-nspawn", "systemd-container"],
]);

/** Why this machine cannot run the lab, in one sentence; null when it can (perhaps after `ensureHostPackages`). */
export async function whyNoLab(): Promise<string | null> {
  if (process.platform !== "linux") return "The lab needs Linux; this machine runs something else.";
  if (process.arch !== "x64") return `The lab needs an x86-64 processor; this one is ${process.arch}.`;
  if (process.getuid?.() !== 0) return "The lab needs root, for network namespaces and mounts.";
  const filesystems = await readFile("/proc/filesystems", "utf8").catch(() => "");
  if (!/\boverlay$/m.test(filesystems) && (await attempt("modprobe", ["overlay"])).code !== 0) {
    return "The lab needs overlayfs, which this machine's kernel does not have.";
  }
  if (!existsSync("/dev/loop-control")) return "The lab needs loop devices, which are not there (/dev/loop-control).";
  const rights = await attempt("unshare", [
    "--mount",
    "--net",
    "--pid",
    "--fork",
    "mount",
    "-t",
    "tmpfs",
    "none",
    "/mnt",
  ]);
  if (rights.code !== 0) {
    return "The lab needs the right to make namespaces and to mount, which this root user (in a container?) does not have.";
  }
  const missing = await missingTools();
  if (missing.length > 0 && (await attempt("which", ["apt-get"])).code !== 0) {
    return `The lab needs the commands ${missing.join(", ")}, which are missing, and there is no apt-get to install them.`;
  }
  return null;
}

async function missingTools(): Promise<string[]> {
  const missing = [];
  for (const tool of tools.keys()) if ((await attempt("which", [tool])).code !== 0) missing.push(tool);
  return missing;
}

/** Installs the Debian packages the lab needs on this machine, asking nothing. Throws `LabError` when apt fails. */
export async function ensureHostPackages(progress: Progress): Promise<void> {
  const missing = await missingTools();
  const packages = [...new Set(missing.map((tool) => tools.get(tool) ?? tool))];
  if (!existsSync("/usr/share/keyrings/debian-archive-keyring.gpg")) packages.push("debian-archive-keyring");
  if (packages.length === 0) return;
  progress(`Installing what the lab needs on this machine: ${packages.join(", ")}.`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await attempt("apt-get", ["update", "-qq"], { env });
  const outcome = await attempt("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], { env });
  if (outcome.code === 0) return;
  const reason = lastLines(outcome.stderr);
  throw new LabError(
    `Installing ${packages.join(" ")} failed; install them by hand, then try again. apt said:\n${reason}`,
  );
}

/** What this machine's kernel does for the lab's nodes. */
export interface HostAbilities {
  readonly accelerator: Accelerator;
  /** Containers can mount NFS. */
  readonly nfsClient: boolean;
  /** Containers can export NFS from a DRBD device. */
  readonly storage: boolean;
}

/** Looks at what the kernel has, and really starts a virtual machine to see whether KVM works; once per boot. */
export async function probeAbilities(settings: Settings, image: Image, progress: Progress): Promise<HostAbilities> {
  const file = join(settings.cacheDir, "host.json");
  const known = await readFile(file, "utf8").catch(() => "null");
  const cached = JSON.parse(known) as { bootId: string; abilities: HostAbilities } | null;
  if (cached?.bootId === bootId()) return cached.abilities;
  const filesystems = await readFile("/proc/filesystems", "utf8");
  const abilities = {
    accelerator: (await kvmWorks(image, progress)) ? ("kvm" as const) : ("tcg" as const),
    nfsClient: /\bnfs4$/m.test(filesystems),
    storage: /\bnfsd$/m.test(filesystems) && (await drbdInNamespaces()),
  };
  await mkdir(settings.cacheDir, { recursive: true });
  await writeAtomically(file, JSON.stringify({ bootId: bootId(), abilities }));
  return abilities;
}

/** DRBD knows network namespaces since 9.2; the 8.4 of Debian's kernel always takes the network of the host. */
async function drbdInNamespaces(): Promise<boolean> {
  const version = await readFile("/sys/module/drbd/version", "utf8").catch(() => "0");
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 9 || (major === 9 && minor >= 2);
}

/** A kernel without a root file system gets as far as saying so within a second, where KVM works at all. */
async function kvmWorks(image: Image, progress: Progress): Promise<boolean> {
  if (!existsSync("/dev/kvm")) return false;
  progress("Trying whether virtual machines can use the processor (KVM).");
  const qemu = ["-accel", "kvm", "-cpu", "host", "-m", "256", "-nodefaults", "-display", "none", "-no-reboot"];
  const kernel = ["-kernel", image.kernel, "-append", "console=ttyS0 panic=-1", "-serial", "stdio"];
  const outcome = await attempt("qemu-system-x86_64", [...qemu, ...kernel], { timeoutMs: 15_000 });
  const works = outcome.stdout.includes("Unable to mount root fs");
  if (!works) progress("KVM is there but guests do not start in it; virtual machines are translated, which is slower.");
  return works;
}

/**
 * Which kind a machine becomes: storage (DRBD, NFS server) and web nodes (NFS client) get a kernel of their own unless
 * this machine's kernel does the same in a container.
 */
export function chooseKind(machine: Machine, mode: NodesMode, abilities: HostAbilities): "container" | "vm" {
  if (mode !== "auto") return mode;
  if (machine.tags.includes("ha:role=nfs") && !abilities.storage) return "vm";
  if (machine.tags.includes("ha:role=web") && !abilities.nfsClient) return "vm";
  return "container";
}
