import type { Role } from "../core/cluster.ts";

const pair = [
  "corosync",
  "corosync-qdevice",
  "pacemaker",
  "pacemaker-cli-utils",
  "resource-agents",
  "iputils-arping",
  "libnss3-tools",
];
const packages: Record<"all" | Role, readonly string[]> = {
  all: [
    "chrony",
    "conntrack",
    "curl",
    "iptables",
    "iptables-persistent",
    "nagios-nrpe-server",
    "monitoring-plugins-basic",
    "netfilter-persistent",
    "openssl",
    "python3-minimal",
    "sudo",
  ],
  lb: [...pair, "nginx"],
  web: ["nginx", "php8.2-fpm", "php8.2-mysql", "nfs-common"],
  db: [...pair, "mariadb-server", "mariadb-backup"],
  nfs: [...pair, "drbd-utils", "e2fsprogs", "kmod", "nfs-kernel-server"],
  admin: ["corosync-qnetd", "libnss3-tools", "nagios4-core", "nagios-nrpe-plugin"],
};

/** Names that differ between families of operating systems: this is Debian 12. A second family is a second table. */
export const debian = {
  packages,
  paths: {
    aptPeriodic: "/etc/apt/apt.conf.d/60nonet-lists",
    chrony: "/etc/chrony/chrony.conf",
    corosync: "/etc/corosync/corosync.conf",
    mariadb: "/etc/mysql/mariadb.conf.d",
    nagios: "/etc/nagios4",
    nagiosPlugins: "/usr/lib/nagios/plugins",
    nginx: "/etc/nginx",
    nrpe: "/etc/nagios/nrpe.d",
    phpPool: "/etc/php/8.2/fpm/pool.d",
    phpSocket: "/run/php/php8.2-fpm.sock",
  },
  services: {
    chrony: "chrony.service",
    corosync: "corosync.service",
    drbd: "drbd.service",
    firewall: "netfilter-persistent.service",
    mariadb: "mariadb.service",
    nagios: "nagios4.service",
    nfsServer: "nfs-server.service",
    nginx: "nginx.service",
    nrpe: "nagios-nrpe-server.service",
    pacemaker: "pacemaker.service",
    php: "php8.2-fpm.service",
    qdevice: "corosync-qdevice.service",
    qnetd: "corosync-qnetd.service",
    ssh: "ssh.service",
  },
} as const;

/** All packages of a node, sorted. */
export function packagesOf(role: Role): string[] {
  return [...new Set([...packages.all, ...packages[role]])].toSorted();
}
