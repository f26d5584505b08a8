import type { Role } from "../core/cluster.ts";

/** What must run on a node of each role. */
export const watchedUnits: Record<Role, readonly string[]> = {
  lb: ["nginx", "corosync", "pacemaker"],
  web: ["nginx", "php8.2-fpm"],
  db: ["mariadb", "corosync", "pacemaker"],
  nfs: ["corosync", "pacemaker"],
  admin: ["nagios4", "corosync-qnetd"],
};
