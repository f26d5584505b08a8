import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { PackagesMode } from "./settings.ts";

/** Release of Debian that machines run. */
export const suite = "bookworm";

/** What a Linode's Debian has from the start, with a kernel of its own. */
const base = [
  "ca-certificates",
  "curl",
  "dbus",
  "e2fsprogs",
  "ifupdown",
  "initramfs-tools",
  "iproute2",
  "iptables",
  "iputils-ping",
  "kmod",
  "less",
  "linux-image-cloud-amd64",
  "netbase",
  "openssh-server",
  "procps",
  "python3-minimal",
  "qemu-guest-agent",
  "sudo",
  "systemd",
  "systemd-sysv",
  "udev",
  "wget",
  "zstd",
] as const;

/** What the roles of a cluster need. */
const roles = [
  "chrony",
  "conntrack",
  "corosync",
  "corosync-qdevice",
  "corosync-qnetd",
  "drbd-utils",
  "gawk",
  "iptables-persistent",
  "iputils-arping",
  "libmonitoring-plugin-perl",
  "libnss3-tools",
  "mariadb-backup",
  "mariadb-client",
  "mariadb-server",
  "monitoring-plugins-basic",
  "monitoring-plugins-contrib",
  "nagios-nrpe-plugin",
  "nagios-nrpe-server",
  "nagios4",
  "netfilter-persistent",
  "nfs-common",
  "nfs-kernel-server",
  "nginx",
  "openssl",
  "pacemaker",
  "pacemaker-cli-utils",
  "pcs",
  "php8.2-fpm",
  "php8.2-mysql",
  "resource-agents",
] as const;

/** Useful on a node now and then: on the lab's mirror, never in the image. */
const extras = ["nmap", "tcpdump", "tree"] as const;

/** What goes into the image, and what is only kept on the mirror. */
export interface Recipe {
  readonly install: readonly string[];
  readonly download: readonly string[];
  /** Script that makes the new system look freshly installed. */
  readonly script: string;
  /** Changes whenever anything in the recipe does. */
  readonly key: string;
}

/** The recipe of an image. */
export function recipe(mode: PackagesMode, rootDiskMb: number): Recipe {
  const install = mode === "image" ? [...base, ...roles] : [...base];
  const download = mode === "image" ? [...extras] : [...roles, ...extras];
  const script = new URL("image.sh", import.meta.url).pathname;
  const parts = JSON.stringify([suite, install, download, rootDiskMb, readFileSync(script, "utf8")]);
  const key = `${mode}-${createHash("sha256").update(parts).digest("hex").slice(0, 12)}`;
  return { install, download, script, key };
}
