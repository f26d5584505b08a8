import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Machine, MachineInterface } from "./hypervisor.ts";
import type { Image } from "./images.ts";
import { gatewayOf, uplink } from "./network.ts";
import type { Lab } from "./lab.ts";
import { diskLink } from "./disk-link.ts";
import { run } from "./shell.ts";
import { readUserData, type CloudConfig } from "./userdata.ts";

interface SeedFile {
  readonly path: string;
  readonly content: string | Buffer;
  readonly mode: number;
}

/**
 * Writes to `file` a tar archive of what a fresh system is given before its first boot, as Linode's deployment of an
 * image and cloud-init would: names, addresses, keys, the source of packages.
 */
export async function packSeed(
  file: string,
  lab: Lab,
  machine: Machine,
  kind: "container" | "vm",
  image: Image,
): Promise<void> {
  const config = readUserData(machine.userData);
  const folder = await mkdtemp(`${file}.`);
  try {
    const files = [
      ...identity(machine, config),
      ...(await logins(machine, config, image, folder)),
      ...platform(lab, machine, kind),
      ...config.write_files.map(toSeedFile),
    ];
    for (const { path, content, mode } of files) {
      await mkdir(join(folder, dirname(path)), { recursive: true });
      await writeFile(join(folder, path), content, { mode });
    }
    await mkdir(join(folder, "root/.ssh"), { recursive: true });
    const own = ["--owner=0", "--group=0", "--numeric-owner"];
    // Only files are named, so that the modes of the system's own folders stay.
    await run("tar", [...own, "-cf", file, "-C", folder, "--", ...new Set(files.map(({ path }) => path))]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function toSeedFile(entry: CloudConfig["write_files"][number]): SeedFile {
  const plain = entry.encoding === "text/plain";
  const content = plain ? entry.content : Buffer.from(entry.content, "base64");
  return { path: entry.path.replace(/^\/+/, ""), content, mode: Number.parseInt(entry.permissions, 8) };
}

/** Who the machine is. With a machine id, systemd does not take this for a first boot and leaves services as they are. */
function identity(machine: Machine, config: CloudConfig): SeedFile[] {
  const hostname = config.hostname ?? machine.label;
  const hosts = `127.0.0.1\tlocalhost\n127.0.1.1\t${hostname}\n::1\tlocalhost ip6-localhost ip6-loopback\n`;
  return [
    { path: "etc/machine-id", content: `${randomBytes(16).toString("hex")}\n`, mode: 0o444 },
    { path: "etc/hostname", content: `${hostname}\n`, mode: 0o644 },
    { path: "etc/hosts", content: hosts, mode: 0o644 },
    { path: "etc/network/interfaces", content: interfaces(machine), mode: 0o644 },
  ];
}

async function logins(machine: Machine, config: CloudConfig, image: Image, folder: string): Promise<SeedFile[]> {
  const disk = machine.disks.find(({ content }) => content === "image");
  const keys = [...new Set([...(disk?.authorizedKeys ?? []), ...config.ssh_authorized_keys].map((key) => key.trim()))];
  const sshd = `PermitRootLogin prohibit-password\nPasswordAuthentication ${config.ssh_pwauth === true ? "yes" : "no"}\n`;
  const files: SeedFile[] = [
    { path: "root/.ssh/authorized_keys", content: keys.map((key) => `${key}\n`).join(""), mode: 0o600 },
    { path: "etc/ssh/sshd_config.d/50-cloud-init.conf", content: sshd, mode: 0o644 },
    ...(await hostKeys(config, folder)),
  ];
  const password = disk?.rootPassword ?? null;
  if (password !== null) {
    const hash = (await run("openssl", ["passwd", "-6", "-stdin"], { input: `${password}\n` })).trim();
    const shadow = await readFile(join(image.tree, "etc/shadow"), "utf8");
    files.push({ path: "etc/shadow", content: shadow.replace(/^root:[^:]*/m, () => `root:${hash}`), mode: 0o640 });
  }
  return files;
}

/** The keys that were handed over and no others; new ones when there are none. */
async function hostKeys(config: CloudConfig, folder: string): Promise<SeedFile[]> {
  const entries = Object.entries(config.ssh_keys);
  if (entries.length === 0) {
    const key = join(folder, "host-key");
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "root", "-f", key]);
    entries.push(
      ["ed25519_private", await readFile(key, "utf8")],
      ["ed25519_public", await readFile(`${key}.pub`, "utf8")],
    );
  }
  return entries.map(([name, content]) => {
    const [kind = "", half] = name.split("_");
    const path = `etc/ssh/ssh_host_${kind}_key${half === "public" ? ".pub" : ""}`;
    return { path, content: `${content.trim()}\n`, mode: half === "public" ? 0o644 : 0o600 };
  });
}

/** What belongs to the place the machine stands in. */
function platform(lab: Lab, machine: Machine, kind: "container" | "vm"): SeedFile[] {
  const { router } = uplink(lab.net);
  const fstab = machine.disks.flatMap(({ content, slot }) => {
    const disk = diskLink(slot.charCodeAt(2) - "a".charCodeAt(0));
    if (content === "swap") return [`${disk} none swap sw,nofail 0 0`];
    return content === "image" ? [`${disk} / ext4 errors=remount-ro 0 1`] : [];
  });
  // A container has this machine's clock, which is not its to set.
  const chrony = "[Unit]\nConditionCapability=\n[Service]\nExecStart=\nExecStart=!/usr/sbin/chronyd $DAEMON_OPTS -x\n";
  return [
    { path: "etc/apt/sources.list", content: `deb [trusted=yes] http://${router}/debian ./\n`, mode: 0o644 },
    // There is no resolver in the lab; the router refuses at once, so that nothing waits for one.
    { path: "etc/resolv.conf", content: `nameserver ${router}\noptions timeout:1 attempts:1\n`, mode: 0o644 },
    kind === "vm"
      ? { path: "etc/fstab", content: `${fstab.join("\n")}\n`, mode: 0o644 }
      : { path: "etc/systemd/system/chrony.service.d/lab.conf", content: chrony, mode: 0o644 },
  ];
}

/** `/etc/network/interfaces` as Linode's Network Helper would write it. */
function interfaces(machine: Machine): string {
  const stanzas = machine.interfaces.map((card, index) => stanza(card, `eth${String(index)}`));
  return `${["auto lo\niface lo inet loopback", ...stanzas].join("\n\n")}\n`;
}

function stanza(card: MachineInterface, name: string): string {
  if (card.purpose === "vlan") {
    if (card.ipamAddress === null) return `auto ${name}\niface ${name} inet manual`;
    return `auto ${name}\niface ${name} inet static\n  address ${card.ipamAddress}`;
  }
  const [first = "", ...more] = card.ipv4;
  return [
    `auto ${name}`,
    `iface ${name} inet static`,
    `  address ${first}/24`,
    `  gateway ${gatewayOf(first)}`,
    ...more.map((address) => `  up ip address add ${address}/24 dev ${name}`),
    `iface ${name} inet6 static`,
    `  address ${card.ipv6}/64`,
    "  gateway fe80::1",
    "  accept_ra 0",
    "  dad-attempts 0",
  ].join("\n");
}
