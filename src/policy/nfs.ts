import { nodesWith } from "../core/cluster.ts";
import type { Cluster, Node } from "../core/cluster.ts";
import type { Stage } from "../core/converge.ts";
import { desire } from "../core/operation.ts";
import { Secret } from "../core/secret.ts";
import type { ClusterSecrets } from "../core/secrets.ts";
import type { Cib, Primitive } from "../ops/cib.ts";
import { drbdResource, filesystem } from "../ops/drbd.ts";
import { fileItem } from "../ops/file.ts";
import { configuration, pacemaker } from "../ops/pacemaker.ts";
import { absent, directory } from "../ops/paths.ts";
import { corosyncName, corosyncStages, pairDefaults } from "./corosync.ts";
import { floatingAddress } from "./floating.ts";

/** Name of the replicated disk. */
const drbdName = "r0";
const device = "/dev/drbd0";
/** The empty extra disk a storage node is created with, third of its slots; `sdc` would be whatever was probed third. */
const disk = "/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_drive-scsi-disk-2";
const mountPoint = "/srv/nfs";
/** What web servers mount from the floating address. */
export const exportPath = `${mountPoint}/www`;

/** The replicated disk of the storage pair. */
function drbdConf(cluster: Cluster, secrets: ClusterSecrets): Secret<string> {
  const hosts = nodesWith(cluster, "nfs").map(
    ({ name, privateIp }) => `  on ${name} {
    address ${privateIp}:7788;
  }
`,
  );
  return new Secret(`resource ${drbdName} {
  device ${device};
  disk ${disk};
  meta-disk internal;
  net {
    protocol C;
    cram-hmac-alg sha256;
    shared-secret "${secrets.drbdSecret.reveal()}";
    verify-alg sha256;
    # Data are never thrown away without a person, unless a side wrote nothing at all.
    after-sb-0pri discard-zero-changes;
    after-sb-1pri disconnect;
    after-sb-2pri disconnect;
  }
  disk {
    on-io-error detach;
    # No fencing device exists yet.
    fencing dont-care;
    # The dynamic default starts at a few hundred KB/s.
    c-plan-ahead 0;
    resync-rate 100M;
  }
${hosts.join("")}}
`);
}

/** A storage node: its replicated disk is up at the end; who is primary is for Pacemaker to say. */
export function nfsStages(cluster: Cluster, _node: Node, secrets: ClusterSecrets): Stage[] {
  const root = { owner: "root", group: "root", mode: "0755" };
  const boot = "/etc/systemd/system/multi-user.target.wants";
  return [
    {
      name: "storage configuration",
      items: [
        fileItem("/etc/drbd.d/global_common.conf", "global {\n  usage-count no;\n}\ncommon {\n}\n"),
        fileItem(`/etc/drbd.d/${drbdName}.res`, drbdConf(cluster, secrets), { mode: "0600" }),
        fileItem("/etc/modules-load.d/nonet-drbd.conf", "drbd\n"),
        desire(directory, { path: "/etc/nfs.conf.d", ...root }),
        // Clients cannot open files during the grace period, 90 s unless told otherwise (nfs.conf(5)).
        fileItem("/etc/nfs.conf.d/nonet.conf", "[nfsd]\nvers3 = n\ngrace-time = 15\nlease-time = 15\n"),
        desire(directory, { path: mountPoint, ...root }),
        // Pacemaker starts both.
        desire(absent, { path: `${boot}/nfs-server.service`, absent: true }),
        desire(absent, { path: `${boot}/drbd.service`, absent: true }),
      ],
    },
    { name: "replicated disk", items: [desire(drbdResource, { resource: drbdName, disk, metadata: true, up: true })] },
    ...corosyncStages(cluster, "nfs", secrets),
  ];
}

const nfsMembers = (cluster: Cluster): Primitive[] => [
  {
    id: "content",
    agent: "ocf:heartbeat:Filesystem",
    parameters: { device, directory: mountPoint, fstype: "ext4", options: "noatime" },
    operations: [
      { name: "start", timeout: "60s" },
      { name: "stop", timeout: "60s" },
      { name: "monitor", interval: "20s", timeout: "40s" },
    ],
  },
  {
    id: "nfs_server",
    agent: "ocf:heartbeat:nfsserver",
    parameters: {
      nfs_shared_infodir: `${mountPoint}/nfsinfo`,
      nfs_ip: cluster.floating.nfs.address,
      // One scope for both nodes lets clients reclaim their locks after a failover (RFC 8881, section 2.10.4).
      nfs_server_scope: corosyncName(cluster, "nfs"),
      // No port mapper and no lock daemon: version 4 has both built in.
      nfsv4_only: "true",
    },
    operations: [
      { name: "start", timeout: "60s" },
      { name: "stop", timeout: "60s" },
      { name: "monitor", interval: "10s", timeout: "20s" },
    ],
  },
  {
    id: "export",
    agent: "ocf:heartbeat:exportfs",
    parameters: {
      clientspec: `${cluster.blueprint.network.vlan}.0/24`,
      options: "rw,sync,no_subtree_check,no_root_squash",
      directory: exportPath,
      fsid: "1",
      unlock_on_stop: "1",
    },
    operations: [
      { name: "start", timeout: "40s" },
      { name: "stop", timeout: "120s" },
      { name: "monitor", interval: "10s", timeout: "20s" },
    ],
  },
  floatingAddress(cluster.floating.nfs),
];

/** The resources of the storage pair: the disk is primary on one node; file system, server and address are there too. */
export function nfsCib(cluster: Cluster): Cib {
  return {
    ...pairDefaults,
    resources: [
      {
        kind: "clone",
        primitive: {
          id: "drbd",
          agent: "ocf:linbit:drbd",
          parameters: { drbd_resource: drbdName },
          operations: [
            { name: "start", timeout: "240s" },
            { name: "promote", timeout: "90s" },
            { name: "demote", timeout: "90s" },
            { name: "stop", timeout: "100s" },
            // Two monitors of one resource must differ in their interval.
            { name: "monitor", interval: "29s", timeout: "20s", role: "Promoted" },
            { name: "monitor", interval: "31s", timeout: "20s", role: "Unpromoted" },
          ],
        },
        meta: {
          promotable: "true",
          "promoted-max": "1",
          "promoted-node-max": "1",
          "clone-max": "2",
          "clone-node-max": "1",
          notify: "true",
        },
      },
      { kind: "group", id: "nfs", members: nfsMembers(cluster) },
    ],
    follows: [{ resource: "nfs", after: "drbd-clone", promoted: true }],
  };
}

/** Makes the file system, then hands the disk to Pacemaker; for one node, once both disks are connected and both nodes online. */
export function nfsService(cluster: Cluster): Stage[] {
  // Folders are born with the file system, so that the export exists before anything is mounted.
  const folders = ["nfsinfo", `www/${cluster.blueprint.site.documentRoot}`];
  return [
    { name: "file system", items: [desire(filesystem, { resource: drbdName, device, disk, type: "ext4", folders })] },
    { name: "storage resources", items: [desire(pacemaker, configuration(nfsCib(cluster)))] },
  ];
}
