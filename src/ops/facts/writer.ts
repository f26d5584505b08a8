import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";

/** What a database server says of itself; `null` when it does not answer. */
export interface DatabaseState {
  readonly readOnly: boolean;
  /** Both replication threads run. */
  readonly replicating: boolean;
  /** Seconds behind the other; `null` while not replicating. */
  readonly lag: number | null;
}

/** MariaDB's read_only switch and its replication threads. */
export const databaseState: Fact<DatabaseState | null> = {
  name: "database state",
  script: sh`mariadb --batch -e 'select @@global.read_only as read_only\G show slave status\G' 2>/dev/null || true`,
  parse(output) {
    const field = (name: string) => new RegExp(`^\\s*${name}: (.*)$`, "m").exec(output)?.[1];
    const readOnly = field("read_only");
    if (readOnly === undefined) return null;
    const lag = Number(field("Seconds_Behind_Master"));
    return {
      readOnly: readOnly === "1",
      replicating: field("Slave_IO_Running") === "Yes" && field("Slave_SQL_Running") === "Yes",
      lag: Number.isNaN(lag) ? null : lag,
    };
  },
};
