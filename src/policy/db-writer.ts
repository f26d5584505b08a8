/** Where Pacemaker looks for the agent `ocf:nonet:db_writer`. */
export const dbWriterPath = "/usr/lib/ocf/resource.d/nonet/db_writer";

/**
 * The OCF agent that makes one node of the database pair the writer. It never starts or stops MariaDB: both servers
 * always run, read-only, and replicate from one another.
 *
 * - start: refuses while the peer can still be written to; applies all that the peer wrote (or, when the peer is gone,
 *   all that was received from it); then `read_only=0`.
 * - stop: `read_only=1`, each try bounded by `lock_wait_timeout`; what holds the lock too long is killed.
 */
export const dbWriterAgent = String.raw`#!/bin/sh
# Written by Nonet. The writer role of a MariaDB pair.
# shellcheck source=/dev/null
. "$OCF_ROOT/lib/heartbeat/ocf-shellfuncs"
# shellcheck disable=SC2154
servers=$OCF_RESKEY_servers option_file=$OCF_RESKEY_defaults catch_up=$OCF_RESKEY_catch_up
[ -n "$catch_up" ] || catch_up=40

meta_data() {
  cat <<'END'
<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
<resource-agent name="db_writer" version="1.0">
  <version>1.0</version>
  <longdesc lang="en">Lets exactly one node of a MariaDB pair accept writes. MariaDB itself runs on both nodes all the time and replicates by GTID; this agent only switches read_only.</longdesc>
  <shortdesc lang="en">Writer role of a MariaDB pair</shortdesc>
  <parameters>
    <parameter name="servers" required="1" unique="0">
      <longdesc lang="en">Addresses of both servers, separated by a blank; the node's own is skipped.</longdesc>
      <shortdesc lang="en">Servers of the pair</shortdesc>
      <content type="string"/>
    </parameter>
    <parameter name="defaults" required="1" unique="0">
      <longdesc lang="en">Client option file with the account used to ask the peer.</longdesc>
      <shortdesc lang="en">Client option file</shortdesc>
      <content type="string"/>
    </parameter>
    <parameter name="catch_up" required="0" unique="0">
      <longdesc lang="en">Seconds to wait until everything the peer wrote has been applied.</longdesc>
      <shortdesc lang="en">Patience for catching up</shortdesc>
      <content type="integer" default="40"/>
    </parameter>
  </parameters>
  <actions>
    <action name="start" timeout="60s"/>
    <action name="stop" timeout="30s"/>
    <action name="monitor" timeout="20s" interval="5s" depth="0"/>
    <action name="meta-data" timeout="5s"/>
    <action name="validate-all" timeout="5s"/>
  </actions>
</resource-agent>
END
}

local_sql() { mariadb --connect-timeout=3 --batch --skip-column-names -e "$1" 2>&1; }
peer_sql() { mariadb --defaults-file="$option_file" --connect-timeout=3 -h "$1" --batch --skip-column-names -e "$2" 2>&1; }

# Addresses of the other servers.
peers() {
  own=" $(ip -o -4 addr show | awk '{ sub("/.*", "", $4); printf "%s ", $4 }')"
  for address in $servers; do
    case "$own" in *" $address "*) ;; *) echo "$address" ;; esac
  done
}

# Drops this server's own domain from a GTID position: what it wrote itself it need not receive.
foreign() {
  domain=$(local_sql 'SELECT @@gtid_domain_id') || return 1
  echo "$1" | tr ',' '\n' | awk -F- -v own="$domain" '$1 != "" && $1 != own' | paste -s -d ,
}

# Waits until the position has been applied here.
reach() {
  position=$(foreign "$1") || return 1
  [ -n "$position" ] || return 0
  [ "$(local_sql "SELECT MASTER_GTID_WAIT('$position', $catch_up)")" = 0 ]
}

monitor() {
  state=$(local_sql 'SELECT @@read_only') || return "$OCF_NOT_RUNNING"
  [ "$state" = 0 ] && return "$OCF_SUCCESS"
  return "$OCF_NOT_RUNNING"
}

start() {
  monitor && return "$OCF_SUCCESS"
  if ! local_sql 'SELECT 1' >/dev/null; then
    ocf_exit_reason "MariaDB does not answer on this node"
    return "$OCF_ERR_GENERIC"
  fi
  for peer in $(peers); do
    answer=$(peer_sql "$peer" "SELECT CONCAT(@@read_only + 0, ' ', @@gtid_binlog_pos)")
    case "$answer" in
      "0 "*)
        ocf_exit_reason "$peer still accepts writes; two writers are never allowed"
        return "$OCF_ERR_GENERIC" ;;
      "1 "*) written=$(echo "$answer" | cut -d ' ' -f 2) ;;
      *"Can't connect"* | *"Lost connection"*)
        ocf_log warn "$peer does not answer; applying what was received from it"
        written=$(mariadb --connect-timeout=3 -e 'SHOW SLAVE STATUS\G' | awk '$1 == "Gtid_IO_Pos:" { print $2 }') ;;
      *)
        ocf_exit_reason "$peer answers, but does not tell whether it accepts writes: $answer"
        return "$OCF_ERR_GENERIC" ;;
    esac
    if ! reach "$written"; then
      ocf_exit_reason "this node has not applied $written within $catch_up s; it would lose writes"
      return "$OCF_ERR_GENERIC"
    fi
  done
  local_sql 'SET GLOBAL read_only=0' || return "$OCF_ERR_GENERIC"
  monitor
}

# Ends what clients run, so that read_only is not kept waiting for a lock.
kill_clients() {
  local_sql "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND command NOT IN ('Binlog Dump', 'Daemon', 'Slave_IO', 'Slave_SQL', 'Slave_worker') AND user NOT IN ('system user', 'event_scheduler')" |
    while read -r id; do local_sql "KILL $id" >/dev/null; done
}

stop() {
  tries=0
  while monitor; do
    tries=$((tries + 1))
    if [ $tries -gt 15 ]; then
      ocf_exit_reason "MariaDB does not become read-only"
      return "$OCF_ERR_GENERIC"
    fi
    [ $tries -le 3 ] || kill_clients
    local_sql 'SET SESSION lock_wait_timeout=1; SET GLOBAL read_only=1' >/dev/null || ocf_log warn "read_only=1 has to wait for a lock"
  done
  return "$OCF_SUCCESS"
}

validate() {
  check_binary mariadb
  if [ -z "$servers" ] || [ ! -r "$option_file" ]; then
    ocf_exit_reason "the parameters servers and defaults (a readable file) are needed"
    return "$OCF_ERR_CONFIGURED"
  fi
}

case "$1" in
  meta-data) meta_data ;;
  start) validate && start ;;
  stop) stop ;;
  monitor) monitor ;;
  validate-all) validate ;;
  *) exit "$OCF_ERR_UNIMPLEMENTED" ;;
esac
`;
