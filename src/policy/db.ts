import { nodesWith, peerOf } from "../core/cluster.ts";
import type { Cluster, Node } from "../core/cluster.ts";
import type { Stage } from "../core/converge.ts";
import { desire } from "../core/operation.ts";
import { Secret } from "../core/secret.ts";
import type { ClusterSecrets } from "../core/secrets.ts";
import type { Cib } from "../ops/cib.ts";
import { fileItem } from "../ops/file.ts";
import { database, databaseUser } from "../ops/mariadb.ts";
import { configuration, pacemaker } from "../ops/pacemaker.ts";
import { directory } from "../ops/paths.ts";
import { replication } from "../ops/replication.ts";
import { unitItem } from "../ops/systemd.ts";
import { corosyncStages, pairDefaults } from "./corosync.ts";
import { dbWriterAgent, dbWriterPath } from "./db-writer.ts";
import { floatingAddress } from "./floating.ts";

const peerFile = "/etc/mysql/nonet-peer.cnf";
const replicationUser = "replication";
/** The account of the monitoring checks, over the socket only. */
export const monitorUser = "monitor";

/** Settings of one server: read-only until the writer role opens it, replicating by GTID with a domain of its own. */
function mariadbConf(node: Node): string {
  return `[mariadbd]
# The firewall decides who reaches it; the floating address comes and goes.
bind-address = 0.0.0.0
skip-name-resolve
read_only = ON
server_id = ${node.index}
gtid_domain_id = ${node.index}
gtid_strict_mode = ON
log_bin = /var/lib/mysql/binlog
log_slave_updates = ON
binlog_format = ROW
binlog_expire_logs_seconds = 604800
sync_binlog = 1
innodb_flush_log_at_trx_commit = 1
relay_log_recovery = ON
auto_increment_increment = 2
auto_increment_offset = ${node.index}
character-set-server = utf8mb4
collation-server = utf8mb4_general_ci
`;
}

function accounts(cluster: Cluster, secrets: ClusterSecrets) {
  const { network, site } = cluster.blueprint;
  const vlan = `${network.vlan}.%`;
  return [
    desire(database, { name: site.database.name }),
    desire(databaseUser, {
      user: site.database.user,
      host: vlan,
      password: secrets.databasePassword,
      grants: [`${site.database.name}.*: ALL PRIVILEGES`],
    }),
    desire(databaseUser, {
      user: replicationUser,
      host: vlan,
      password: secrets.replicationPassword,
      grants: ["*.*: REPLICATION SLAVE"],
    }),
    desire(databaseUser, {
      user: monitorUser,
      host: "localhost",
      password: secrets.monitorPassword,
      grants: ["*.*: SLAVE MONITOR"],
    }),
  ];
}

/** A database server: both replicate from one another and are read-only; Pacemaker makes one the writer. */
export function dbStages(cluster: Cluster, node: Node, secrets: ClusterSecrets): Stage[] {
  const conf = "/etc/mysql/mariadb.conf.d/90-nonet.cnf";
  const peer = peerOf(cluster, node);
  const client = new Secret(
    `[client]\nuser = ${replicationUser}\npassword = ${secrets.replicationPassword.reveal()}\n`,
  );
  return [
    {
      name: "database configuration",
      items: [fileItem(conf, mariadbConf(node)), fileItem(peerFile, client, { mode: "0600" })],
    },
    // Pacemaker starts it at boot.
    { name: "database", items: [unitItem("mariadb.service", { enabled: false, watch: [conf] })] },
    { name: "database accounts", items: accounts(cluster, secrets) },
    {
      name: "replication",
      items:
        peer === undefined || peer.privateIp === null
          ? []
          : [
              desire(replication, {
                masterHost: peer.privateIp,
                user: replicationUser,
                password: secrets.replicationPassword,
                running: true,
              }),
            ],
    },
    ...corosyncStages(cluster, "db", secrets),
    {
      name: "writer agent",
      items: [
        desire(directory, { path: "/usr/lib/ocf/resource.d/nonet", mode: "0755", owner: "root", group: "root" }),
        fileItem(dbWriterPath, dbWriterAgent, { mode: "0755" }),
      ],
    },
  ];
}

/** The resources of the databases: servers on both nodes; the writer, and with it the address, on one. */
export function dbCib(cluster: Cluster): Cib {
  const servers = nodesWith(cluster, "db").map(({ privateIp }) => privateIp ?? "");
  return {
    ...pairDefaults,
    resources: [
      {
        kind: "clone",
        primitive: {
          id: "mariadb",
          agent: "systemd:mariadb",
          operations: [
            { name: "start", timeout: "120s" },
            { name: "stop", timeout: "120s" },
            { name: "monitor", interval: "10s", timeout: "20s" },
          ],
        },
        meta: { interleave: "true" },
      },
      {
        kind: "group",
        id: "writer",
        members: [
          {
            id: "db_writer",
            agent: "ocf:nonet:db_writer",
            parameters: { servers: servers.join(" "), defaults: peerFile },
            operations: [
              { name: "start", timeout: "60s" },
              { name: "stop", timeout: "30s" },
              { name: "monitor", interval: "5s", timeout: "20s" },
            ],
          },
          floatingAddress(cluster.floating.db),
        ],
      },
    ],
    follows: [{ resource: "writer", after: "mariadb-clone" }],
  };
}

/** What the pair runs together; for one of its nodes, once both are online. */
export function dbService(cluster: Cluster): Stage[] {
  return [{ name: "database resources", items: [desire(pacemaker, configuration(dbCib(cluster)))] }];
}
