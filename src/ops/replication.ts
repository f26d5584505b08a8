import { z } from "zod";
import { operation } from "../core/operation.ts";
import { Secret } from "../core/secret.ts";
import { run, sh } from "../core/shell.ts";
import { tell } from "./mariadb.ts";
import { sha256Hex, sqlText } from "./sql.ts";

const Replication = z.strictObject({
  masterHost: z.ipv4(),
  user: z.string(),
  password: z.instanceof(Secret<string>),
  /** Whether both threads are started; a master that cannot be reached yet is no difference, see the fact `databaseState`. */
  running: z.boolean(),
});
/** From where a node replicates, by GTID. */
export type Replication = z.infer<typeof Replication>;

/** Reads `Field: value` lines of `SHOW SLAVE STATUS\G`. */
function fields(output: string): Map<string, string> {
  return new Map(
    [...output.matchAll(/^ *([A-Za-z_]+): ?(.*)$/gm)].map(([, name = "", value = ""]) => [name, value] as const),
  );
}

/**
 * Points a node at its master. The password is compared with the hash of what the server keeps in `master.info`
 * (sixth line), because nothing else tells it.
 */
export const replication = operation<Replication>({
  name: "replication",
  state: Replication,
  key: (want) => want.masterHost,
  read: () => sh`mariadb -e ${"SHOW SLAVE STATUS\\G"} 2>/dev/null || true
if [ -e /var/lib/mysql/master.info ]; then echo "password: $(sed -n 6p /var/lib/mysql/master.info | tr -d '\n' | sha256sum | cut -d' ' -f1)"; fi`,
  parse(output, wants) {
    const found = fields(output);
    const masterHost = found.get("Master_Host");
    if (masterHost === undefined) return wants.map(() => undefined);
    const running = found.get("Slave_IO_Running") !== "No" && found.get("Slave_SQL_Running") === "Yes";
    const byGtid = found.get("Using_Gtid") === "Slave_Pos";
    return wants.map((want) => {
      const hash = found.get("password") ?? "";
      const password = hash === sha256Hex(want.password.reveal()) ? want.password : new Secret(hash);
      return {
        masterHost: byGtid ? masterHost : `${masterHost} (not by GTID)`,
        user: found.get("Master_User") ?? "",
        password,
        running,
      };
    });
  },
  apply(want, changes) {
    const source = changes.some(({ field }) => field !== "running");
    const change = `CHANGE MASTER TO MASTER_HOST=${sqlText(want.masterHost)}, MASTER_USER=${sqlText(want.user)}, MASTER_PASSWORD=${sqlText(want.password.reveal())}, MASTER_CONNECT_RETRY=2, MASTER_USE_GTID=slave_pos;\n`;
    const sql = `${source || !want.running ? "STOP SLAVE;\n" : ""}${source ? change : ""}${want.running ? "START SLAVE;\n" : ""}`;
    return [run(tell, new Secret(sql))];
  },
});
