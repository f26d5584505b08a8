import { nodesWith } from "../core/cluster.ts";
import type { Cluster, PairRole } from "../core/cluster.ts";
import type { Stage } from "../core/converge.ts";
import { desire } from "../core/operation.ts";
import type { ClusterSecrets } from "../core/secrets.ts";
import type { Cib } from "../ops/cib.ts";
import { fileItem } from "../ops/file.ts";
import { keyFile } from "../ops/keyfile.ts";
import { nssDatabase, qdeviceDatabase } from "../ops/nss.ts";
import { unitItem } from "../ops/systemd.ts";

/** Name of a pair's Corosync cluster, unique per quorum server: `prod-db`. */
export const corosyncName = (cluster: Cluster, role: PairRole): string => `${cluster.blueprint.name}-${role}`;

/** `corosync.conf` of a pair: one encrypted knet link over the VLAN, and a quorum device on the admin node. */
function corosyncConf(cluster: Cluster, role: PairRole): string {
  const nodes = nodesWith(cluster, role).map(
    (node) => `  node {
    name: ${node.name}
    nodeid: ${node.index}
    ring0_addr: ${node.privateIp}
  }
`,
  );
  const [admin] = nodesWith(cluster, "admin");
  return `totem {
  version: 2
  cluster_name: ${corosyncName(cluster, role)}
  transport: knet
  crypto_cipher: aes256
  crypto_hash: sha256
  token: 3000
}
nodelist {
${nodes.join("")}}
quorum {
  provider: corosync_votequorum
  device {
    model: net
    votes: 1
    net {
      host: ${admin?.ipv4.address}
      algorithm: ffsplit
      tls: on
    }
  }
}
logging {
  to_syslog: yes
  to_stderr: no
}
`;
}

/** Corosync, its quorum device and Pacemaker on one node of a pair; Pacemaker runs at the end and knows no resources yet. */
export function corosyncStages(cluster: Cluster, role: PairRole, secrets: ClusterSecrets): Stage[] {
  const conf = "/etc/corosync/corosync.conf";
  const corosyncKey = "/etc/corosync/authkey";
  const pacemakerKey = "/etc/pacemaker/authkey";
  const qdevice = qdeviceDatabase(secrets.authority, secrets.qdevice[role]);
  return [
    {
      name: "cluster configuration",
      items: [
        fileItem(conf, corosyncConf(cluster, role)),
        desire(keyFile, {
          path: corosyncKey,
          base64: secrets.corosyncKey[role],
          mode: "0400",
          owner: "root",
          group: "root",
        }),
        desire(keyFile, {
          path: pacemakerKey,
          base64: secrets.pacemakerKey[role],
          mode: "0640",
          owner: "hacluster",
          group: "haclient",
        }),
        desire(nssDatabase, qdevice),
      ],
    },
    {
      name: "corosync",
      items: [unitItem("corosync.service", { watch: [conf, corosyncKey], validate: ["corosync", "-t"] })],
    },
    {
      name: "quorum device",
      items: [unitItem("corosync-qdevice.service", { watch: [conf, qdevice.directory] })],
    },
    { name: "pacemaker", items: [unitItem("pacemaker.service", { watch: [pacemakerKey] })] },
  ];
}

/** What every pair's Pacemaker is told beside its resources. */
export const pairDefaults: Pick<Cib, "properties" | "defaults"> = {
  properties: {
    // No fencing device exists yet. Without one a node that is cut off stops its resources by itself when it loses
    // quorum, which takes a few seconds; with `true` Pacemaker would start nothing at all.
    "stonith-enabled": "false",
    "no-quorum-policy": "stop",
  },
  defaults: { "resource-stickiness": "100", "migration-threshold": "3", "failure-timeout": "120s" },
};
