import type { Cluster, Node } from "../core/cluster.ts";
import type { Stage } from "../core/converge.ts";
import { desire, type Item } from "../core/operation.ts";
import { apt } from "../ops/apt.ts";
import { fileItem } from "../ops/file.ts";
import { hostname } from "../ops/hostname.ts";
import { firewall } from "../ops/iptables.ts";
import { network, networkOf, type Network, type Nic } from "../ops/network.ts";
import { sshd } from "../ops/sshd.ts";
import { unitItem } from "../ops/systemd.ts";
import { rootKeys } from "../ops/user.ts";
import { addressText } from "./address.ts";
import { debian, packagesOf } from "./debian.ts";
import { firewallRules } from "./firewall.ts";

/** The port of SSH on every node once it was built. */
const sshPort = 322;

/**
 * What every node needs before its role: packages, names, time, the way in, network, firewall, in this order. SSH moves
 * before the firewall closes, and both prove themselves.
 * @param keys public keys that may log in as root; none leaves those of the first boot as they are
 */
export function baseStages(cluster: Cluster, node: Node, keys: readonly string[] = []): Stage[] {
  return [
    {
      name: "packages",
      items: [desire(apt, { packages: packagesOf(node.role) }), fileItem(debian.paths.aptPeriodic, freshLists)],
    },
    {
      name: "names and time",
      items: [
        desire(hostname, { running: node.name, atBoot: node.name }),
        hostsItem(cluster, node),
        fileItem(debian.paths.chrony, chrony),
      ],
    },
    { name: "clock", items: [unitItem(debian.services.chrony, { watch: [debian.paths.chrony] })] },
    {
      name: "way in",
      items: [...(keys.length === 0 ? [] : rootKeys(keys)), desire(sshd, { ports: [sshPort], settings: sshSettings })],
    },
    { name: "network", items: [desire(network, networkFor(node))] },
    firewallStage(cluster, node),
  ];
}

/** The names of all nodes, as this one has to know them. */
export const hostsItem = (cluster: Cluster, node: Node): Item => fileItem("/etc/hosts", hosts(cluster, node));

/** The declared rules: running, and loaded at boot. */
export function firewallStage(cluster: Cluster, node: Node): Stage {
  const rules = firewallRules(cluster, node);
  return {
    name: "firewall",
    items: [desire(firewall, { ...rules, saved: true, provePort: sshPort }), unitItem(debian.services.firewall)],
  };
}

/** Only keys, no tunnels of agents or windows; a client that is gone is noticed within 90 s (sshd_config(5)). */
const sshSettings = `PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
X11Forwarding no
AllowAgentForwarding no
UseDNS no
LoginGraceTime 30
MaxStartups 50:30:100
ClientAliveInterval 30
ClientAliveCountMax 3
`;

/** Debian's own daily timer then fetches the lists, and installs nothing: old lists cannot tell what is missing. */
const freshLists = `APT::Periodic::Update-Package-Lists "1";
`;

/** A client only: it listens nowhere. The clock may jump in its first three updates, later it only slews. */
const chrony = `pool 2.debian.pool.ntp.org iburst maxsources 4
driftfile /var/lib/chrony/chrony.drift
makestep 1.0 3
rtcsync
port 0
cmdport 0
`;

/** Names of all nodes, at the addresses by which this one reaches them best. */
function hosts(cluster: Cluster, node: Node): string {
  const inside = node.privateIp !== null;
  const floating = (["lb", "db", "nfs"] as const)
    .filter((role) => inside || cluster.floating[role].nic === "eth0")
    .map((role) => `${cluster.floating[role].address} ${role}`);
  return [
    "# Written by nonet; changes are overwritten.",
    "127.0.0.1 localhost",
    "::1 localhost ip6-localhost ip6-loopback",
    ...cluster.nodes.map((one) => `${(inside ? one.privateIp : null) ?? one.ipv4.address} ${one.name}`),
    ...floating,
    "",
  ].join("\n");
}

function networkFor(node: Node): Network {
  const { ipv4, ipv6 } = node;
  const nics: Nic[] = [
    {
      name: "eth0",
      ipv4: { address: `${ipv4.address}/${ipv4.prefix}`, gateway: ipv4.gateway },
      ipv6: ipv6 && { address: `${addressText(ipv6.address)}/${ipv6.prefix}`, gateway: ipv6.gateway },
    },
  ];
  if (node.privateIp !== null) {
    nics.push({ name: "eth1", ipv4: { address: `${node.privateIp}/24`, gateway: null }, ipv6: null });
  }
  return networkOf(nics, sshPort);
}
