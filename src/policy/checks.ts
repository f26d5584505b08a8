/**
 * Our own monitoring checks, in the manner of the Monitoring Plugins: one line, exit 0 for OK, 2 for critical. Each is
 * a POSIX shell script.
 */

const head = `#!/bin/sh
# Written by Nonet.
ok() { echo "OK: $*"; exit 0; }
critical() { echo "CRITICAL: $*"; exit 2; }
`;

/** Both nodes of the pair online, quorum, every resource where it should be. Needs root. */
export const checkPair = String.raw`${head}
status=$(crm_mon -1 --output-as=xml 2>&1) || critical "Pacemaker does not answer"
echo "$status" | grep -q 'with_quorum="true"' || critical "the pair has no quorum"
offline=$(echo "$status" | sed -n 's/.*<node name="\([^"]*\)".* online="false".*/\1/p' | tr '\n' ' ')
[ -z "$offline" ] || critical "offline: $offline"
failed=$(echo "$status" | sed -n 's/.*<resource id="\([^"]*\)".* failed="true".*/\1/p' | tr '\n' ' ')
[ -z "$failed" ] || critical "failed: $failed"
places=$(crm_resource --resource vip --locate 2>/dev/null | grep -c 'is running on')
[ "$places" = 1 ] || critical "the floating address is on $places nodes"
ok "both nodes online, quorum, address on $(crm_resource --resource vip --locate --quiet)"
`;

/** The quorum device's server is connected. Needs root. */
export const checkQuorumDevice = String.raw`${head}
status=$(corosync-qdevice-tool -s 2>&1) || critical "corosync-qdevice does not answer"
echo "$status" | grep -q '^State:[[:space:]]*Connected' || critical "the quorum server is not connected"
ok "connected to the quorum server"
`;

/** The database server answers and replicates. */
export const checkDatabase = String.raw`${head}
ask() { mariadb --defaults-file=/etc/nagios/nonet-mysql.cnf --connect-timeout=5 -e "$1" 2>&1; }
ask 'SELECT 1' >/dev/null || critical "MariaDB does not answer"
slave=$(ask 'SHOW SLAVE STATUS\G')
value() { echo "$slave" | sed -n "s/^ *$1: //p"; }
[ "$(value Slave_IO_Running)" = Yes ] || critical "not connected to the other server: $(value Last_IO_Error)"
[ "$(value Slave_SQL_Running)" = Yes ] || critical "replication stopped: $(value Last_SQL_Error)"
[ "$(value Seconds_Behind_Master)" -le 60 ] || critical "$(value Seconds_Behind_Master) s behind"
ok "replicating, $(value Seconds_Behind_Master) s behind"
`;

/** Both disks are up to date. Needs root. */
export const checkDrbd = String.raw`${head}
disks=$(drbdadm dstate r0 2>&1) || critical "DRBD does not answer"
[ "$disks" = UpToDate/UpToDate ] || critical "the disks are $disks"
ok "$disks, $(drbdadm role r0)"
`;

/** The content is mounted and can be read. */
export const checkContent = String.raw`${head}
grep -q ' /srv/www nfs4 ' /proc/mounts || critical "the content is not mounted"
timeout 8 ls /srv/www >/dev/null || critical "the content does not answer"
ok "mounted"
`;
