import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";
import { unreadable } from "./unreadable.ts";

/** A MariaDB error: its number and its words. */
export interface SqlError {
  readonly code: number;
  readonly text: string;
}

/** Where a database server replicates from, and how far it is. */
interface ReplicationSource {
  readonly host: string;
  /** The threads that receive and apply: `Yes`, `No`, `Connecting`, `Preparing`. */
  readonly receives: string;
  readonly applies: string;
  /** Seconds behind the other; `null` while that is not known. */
  readonly lag: number | null;
  readonly byGtid: boolean;
  readonly receiveError: SqlError | null;
  readonly applyError: SqlError | null;
  /** The last transactions received, applied or not. */
  readonly received: string;
  /** The event that is applied next: file and position in the source's binary log. */
  readonly at: string;
}

/** What a database server says of itself. */
export interface DatabaseState {
  readonly readOnly: boolean;
  readonly serverId: number;
  /** The GTID domain of what is written here first. */
  readonly domain: number;
  /** Last transaction of each domain and server in the binary log: `1-1-120,2-2-7`. */
  readonly written: string;
  /** Last transaction of each domain that came from the other server. */
  readonly applied: string;
  readonly autoIncrement: { readonly step: number; readonly offset: number };
  /** As source and as replica: `ON`, `OFF`, or `ON, but no replica acknowledges`. */
  readonly semiSync: { readonly source: string; readonly replica: string };
  /** `null` when it replicates from nobody. */
  readonly source: ReplicationSource | null;
}

/** Both replication threads run. */
export const replicates = ({ source }: DatabaseState): boolean =>
  source?.receives === "Yes" && source.applies === "Yes";

const question = `
SELECT @@global.read_only+0 AS read_only, @@global.server_id AS server_id, @@global.gtid_domain_id AS gtid_domain_id,
  @@global.gtid_binlog_state AS gtid_binlog_state, @@global.gtid_slave_pos AS gtid_slave_pos,
  @@global.auto_increment_increment AS auto_step, @@global.auto_increment_offset AS auto_offset,
  @@global.rpl_semi_sync_master_enabled+0 AS semi_source, @@global.rpl_semi_sync_slave_enabled+0 AS semi_replica\\G
SELECT variable_name, variable_value FROM information_schema.global_status
  WHERE variable_name IN ('Rpl_semi_sync_master_status', 'Rpl_semi_sync_slave_status')\\G
SHOW ALL SLAVES STATUS\\G
SELECT 'yes' AS complete\\G`;

/** MariaDB's own word on its role, its position and its replication; `null` when there is no server to answer. */
export const databaseState: Fact<DatabaseState | null> = {
  name: "database state",
  script: sh`mariadb --batch --connect-timeout=3 -e ${question} 2>&1 || true`,
  parse(output) {
    if (/^ERROR 200[23] /m.test(output)) return null;
    const refused = /^ERROR .*$/m.exec(output)?.[0];
    if (refused !== undefined) throw unreadable(refused);
    const found = fields(output);
    const text = (name: string): string => {
      const value = found.get(name);
      if (value === undefined) throw unreadable(`MariaDB did not tell ${name}.`);
      return value;
    };
    const number = (name: string): number => {
      if (!/^\d+$/.test(text(name))) throw unreadable(`MariaDB told ${name} as “${text(name)}”.`);
      return Number(text(name));
    };
    text("complete");
    const semi = (name: string, status: string) =>
      number(name) === 0 ? "OFF" : found.get(status) === "ON" ? "ON" : "ON, but no replica acknowledges";
    return {
      readOnly: number("read_only") > 0,
      serverId: number("server_id"),
      domain: number("gtid_domain_id"),
      written: gtids(text("gtid_binlog_state")),
      applied: gtids(text("gtid_slave_pos")),
      autoIncrement: { step: number("auto_step"), offset: number("auto_offset") },
      semiSync: {
        source: semi("semi_source", "RPL_SEMI_SYNC_MASTER_STATUS"),
        replica: semi("semi_replica", "RPL_SEMI_SYNC_SLAVE_STATUS"),
      },
      source: sourceOf(found, text, number),
    };
  },
};

/** `Field: value` lines of the vertical format; the value of a status variable stands under its name. */
function fields(output: string): Map<string, string> {
  const pairs = [...output.matchAll(/^ *([A-Za-z_]+): ?(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]);
  const status = pairs.flatMap(([name, value], at) =>
    name === "variable_name" && pairs[at + 1]?.[0] === "variable_value"
      ? [[value?.toUpperCase() ?? "", pairs[at + 1]?.[1] ?? ""] as const]
      : [],
  );
  return new Map([...pairs.map(([name = "", value = ""]) => [name, value] as const), ...status]);
}

function gtids(text: string): string {
  if (text !== "" && !/^\d+-\d+-\d+(,\d+-\d+-\d+)*$/.test(text)) throw unreadable(`“${text}” is no GTID position.`);
  return text;
}

function sourceOf(
  found: ReadonlyMap<string, string>,
  text: (name: string) => string,
  number: (name: string) => number,
): ReplicationSource | null {
  if (!found.has("Master_Host")) return null;
  const error = (code: string, words: string): SqlError | null =>
    number(code) === 0 ? null : { code: number(code), text: text(words) };
  const lag = text("Seconds_Behind_Master");
  return {
    host: text("Master_Host"),
    receives: text("Slave_IO_Running"),
    applies: text("Slave_SQL_Running"),
    lag: lag === "NULL" ? null : number("Seconds_Behind_Master"),
    byGtid: text("Using_Gtid") === "Slave_Pos",
    receiveError: error("Last_IO_Errno", "Last_IO_Error"),
    applyError: error("Last_SQL_Errno", "Last_SQL_Error"),
    received: text("Gtid_IO_Pos"),
    at: `${text("Relay_Master_Log_File")}:${text("Exec_Master_Log_Pos")}`,
  };
}
