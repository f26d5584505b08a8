import { nodesWith } from "../core/cluster.ts";
import type { Cluster, Node, Role } from "../core/cluster.ts";
import type { Stage } from "../core/converge.ts";
import { desire } from "../core/operation.ts";
import type { Item } from "../core/operation.ts";
import { Secret } from "../core/secret.ts";
import type { ClusterSecrets } from "../core/secrets.ts";
import { fileItem } from "../ops/file.ts";
import { directory } from "../ops/paths.ts";
import { unitItem } from "../ops/systemd.ts";
import { checkContent, checkDatabase, checkDrbd, checkPair, checkQuorumDevice } from "./checks.ts";
import { monitorUser } from "./db.ts";
import { debian } from "./debian.ts";

const own = "/usr/lib/nonet/checks";
const plugins = debian.paths.nagiosPlugins;

/** Something that is watched on a node; the admin node asks for it by name. */
export interface Check {
  /** `check_pair`. */
  readonly name: string;
  /** What Nagios calls it. */
  readonly title: string;
  readonly command: string;
  /** Our own script, when it is one. */
  readonly script?: string;
  readonly asRoot?: true;
}

const script = (name: string, title: string, text: string, asRoot?: true): Check => ({
  name,
  title,
  command: `${asRoot ? "sudo -n " : ""}${own}/${name}`,
  script: text,
  ...(asRoot && { asRoot }),
});

const plugin = (name: string, title: string, line: string): Check => ({ name, title, command: `${plugins}/${line}` });

const everywhere: readonly Check[] = [
  plugin("check_disk", "Disk", "check_disk -w 10% -c 5% -p /"),
  plugin("check_ssh", "SSH", "check_ssh -p 322 127.0.0.1"),
];
const pair: readonly Check[] = [
  script("check_pair", "Pair", checkPair, true),
  script("check_quorum_device", "Quorum device", checkQuorumDevice, true),
];

/** What is watched on a node of each role. */
export const checks: Readonly<Record<Role, readonly Check[]>> = {
  lb: [
    ...everywhere,
    ...pair,
    plugin("check_balancer", "Balancer", "check_http -I 127.0.0.1 -p 8080 -u /healthz"),
    plugin(
      "check_site",
      "Site through the balancer",
      "check_http -I 127.0.0.1 -p 443 -S --sni -H localhost -u / -t 15",
    ),
  ],
  web: [
    ...everywhere,
    plugin("check_web", "Status page", "check_http -I 127.0.0.1 -u / -s 'All parts work' -t 15"),
    script("check_content", "Content", checkContent),
  ],
  db: [...everywhere, ...pair, script("check_database", "Database and replication", checkDatabase)],
  nfs: [...everywhere, ...pair, script("check_drbd", "Replicated disk", checkDrbd, true)],
  admin: [...everywhere, plugin("check_qnetd", "Quorum server", "check_tcp -H 127.0.0.1 -p 5403")],
};

/** NRPE's answers on a node, and whom it answers. */
function nrpeConf(cluster: Cluster, node: Node): string {
  const admins = nodesWith(cluster, "admin").flatMap(({ ipv4, ipv6 }) => [
    ipv4.address,
    ...(ipv6 ? [ipv6.address] : []),
  ]);
  return `allowed_hosts=${["127.0.0.1", ...admins].join(",")}
command_timeout=30
${checks[node.role].map(({ name, command }) => `command[${name}]=${command}\n`).join("")}`;
}

/** The monitoring agent of a node. */
export function nrpeStages(cluster: Cluster, node: Node, secrets: ClusterSecrets): Stage[] {
  const conf = `${debian.paths.nrpe}/nonet.cfg`;
  const scripts = checks[node.role].flatMap(({ name, script, asRoot }) =>
    script === undefined ? [] : [{ name, script, asRoot }],
  );
  const asRoot = scripts.flatMap(({ name, asRoot }) => (asRoot ? [`${own}/${name}`] : []));
  const items: Item[] = [
    fileItem(conf, nrpeConf(cluster, node)),
    desire(directory, { path: own, mode: "0755", owner: "root", group: "root" }),
    ...scripts.map(({ name, script: text }) => fileItem(`${own}/${name}`, text, { mode: "0755" })),
  ];
  if (asRoot.length > 0)
    items.push(
      fileItem("/etc/sudoers.d/nonet-nrpe", `nagios ALL=(root) NOPASSWD: ${asRoot.join(", ")}\n`, { mode: "0440" }),
    );
  if (node.role === "db") {
    const account = `[client]\nuser = ${monitorUser}\npassword = ${secrets.monitorPassword.reveal()}\nsocket = /run/mysqld/mysqld.sock\n`;
    items.push(fileItem("/etc/nagios/nonet-mysql.cnf", new Secret(account), { mode: "0640", group: "nagios" }));
  }
  return [
    { name: "monitoring agent configuration", items },
    { name: "monitoring agent", items: [unitItem(debian.services.nrpe, { watch: [conf] })] },
  ];
}
