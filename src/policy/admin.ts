import type { Cluster, Node } from "../core/cluster.ts";
import type { Stage } from "../core/converge.ts";
import { desire } from "../core/operation.ts";
import type { ClusterSecrets } from "../core/secrets.ts";
import { fileItem } from "../ops/file.ts";
import { nssDatabase, qnetdDatabase } from "../ops/nss.ts";
import { unitItem } from "../ops/systemd.ts";
import { debian } from "./debian.ts";
import { checks } from "./nrpe.ts";

const objects = `${debian.paths.nagios}/nonet.cfg`;

/** `nagios.cfg`: only our objects; no notifications, which are the bot's business. */
const nagiosConf = `cfg_file=${objects}
log_file=/var/log/nagios4/nagios.log
object_cache_file=/var/lib/nagios4/objects.cache
precached_object_file=/var/lib/nagios4/objects.precache
status_file=/var/lib/nagios4/status.dat
status_update_interval=5
temp_file=/var/lib/nagios4/nagios.tmp
temp_path=/tmp
state_retention_file=/var/lib/nagios4/retention.dat
retain_state_information=1
check_result_path=/var/lib/nagios4/spool/checkresults
command_file=/var/lib/nagios4/rw/nagios.cmd
check_external_commands=1
lock_file=/run/nagios4/nagios.pid
nagios_user=nagios
nagios_group=nagios
# Intervals are in seconds.
interval_length=1
service_inter_check_delay_method=n
host_inter_check_delay_method=n
service_check_timeout=60
host_check_timeout=30
enable_notifications=0
execute_service_checks=1
execute_host_checks=1
use_syslog=0
illegal_macro_output_chars=\`~$&|'"<>
`;

const block = (kind: string, fields: Readonly<Record<string, string | number>>): string =>
  `define ${kind} {\n${Object.entries(fields)
    .map(([name, value]) => `  ${name} ${value}\n`)
    .join("")}}\n`;

const timing = {
  check_period: "always",
  check_interval: 30,
  retry_interval: 10,
  max_check_attempts: 3,
  contacts: "bot",
  notification_period: "always",
  register: 0,
};

/** Every node and everything watched on it. A node that is not admin is asked from outside, over its public address. */
function nagiosObjects(cluster: Cluster): string {
  const plugins = debian.paths.nagiosPlugins;
  const day = "00:00-24:00";
  const hosts = cluster.nodes.map((node) =>
    block("host", {
      use: "nonet-host",
      host_name: node.name,
      alias: node.label,
      address: node.role === "admin" ? "127.0.0.1" : node.ipv4.address,
    }),
  );
  const services = cluster.nodes.flatMap((node) =>
    checks[node.role].map(({ name, title }) =>
      block("service", {
        use: "nonet-service",
        host_name: node.name,
        service_description: title,
        check_command: `ask!${name}`,
      }),
    ),
  );
  return [
    block("timeperiod", {
      timeperiod_name: "always",
      alias: "always",
      sunday: day,
      monday: day,
      tuesday: day,
      wednesday: day,
      thursday: day,
      friday: day,
      saturday: day,
    }),
    block("command", { command_name: "ask", command_line: `${plugins}/check_nrpe -H $HOSTADDRESS$ -t 40 -c $ARG1$` }),
    block("command", {
      command_name: "ping",
      command_line: `${plugins}/check_ping -H $HOSTADDRESS$ -w 3000,80% -c 5000,100% -p 2`,
    }),
    // Nagios does not start without a contact.
    block("command", { command_name: "silence", command_line: "/bin/true" }),
    block("contact", {
      contact_name: "bot",
      host_notification_period: "always",
      service_notification_period: "always",
      host_notification_commands: "silence",
      service_notification_commands: "silence",
    }),
    block("host", { name: "nonet-host", check_command: "ping", ...timing }),
    block("service", { name: "nonet-service", ...timing }),
    ...hosts,
    ...services,
  ].join("");
}

/** Nagios, and what it watches. */
export function monitoringStages(cluster: Cluster): Stage[] {
  const conf = `${debian.paths.nagios}/nagios.cfg`;
  return [
    {
      name: "monitoring configuration",
      items: [fileItem(conf, nagiosConf), fileItem(objects, nagiosObjects(cluster))],
    },
    {
      name: "monitoring",
      items: [unitItem(debian.services.nagios, { watch: [conf, objects], validate: ["nagios4", "-v", conf] })],
    },
  ];
}

/** The admin node: quorum server of all pairs, and Nagios. */
export function adminStages(cluster: Cluster, _node: Node, secrets: ClusterSecrets): Stage[] {
  const database = qnetdDatabase(secrets.authority, secrets.qnetd);
  return [
    { name: "quorum server configuration", items: [desire(nssDatabase, database)] },
    { name: "quorum server", items: [unitItem(debian.services.qnetd, { watch: [database.directory] })] },
    ...monitoringStages(cluster),
  ];
}
