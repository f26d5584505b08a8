import { z } from "zod";
import { operation } from "../core/operation.ts";
import { Secret } from "../core/secret.ts";
import { lines, raw, run, sh } from "../core/shell.ts";
import type { Script } from "../core/shell.ts";
import { nativePasswordHash, sqlText } from "./sql.ts";

const identifier = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/);
const hostPattern = z.string().regex(/^(localhost|[0-9.]+(\.%)?)$/);

const Database = z.strictObject({ name: identifier });
/** A database; only ever created. */
export type Database = z.infer<typeof Database>;

const DatabaseUser = z.strictObject({
  user: identifier,
  /** `localhost`, an address, or a network such as `10.10.0.%`. */
  host: hostPattern,
  password: z.instanceof(Secret<string>),
  /** `site.*: ALL PRIVILEGES`; in the words and the order of `SHOW GRANTS`, sorted by object. */
  grants: z.array(z.string().regex(/^(\*|[a-z][a-z0-9_]*)\.\*: [A-Z ,]+$/)),
});
/** An account and everything it may do. Made without the binary log: each node has its own accounts. */
export type DatabaseUser = z.infer<typeof DatabaseUser>;

/** Runs SQL text as root over the socket; silent and empty while there is no server. */
const ask = (sql: string): Script => sh`mariadb --batch --raw --skip-column-names -e ${sql} 2>/dev/null || true`;
/** Runs the SQL that comes on standard input. */
export const tell: Script = sh`mariadb --batch`;

const account = ({ user, host }: Pick<DatabaseUser, "user" | "host">): string => `${sqlText(user)}@${sqlText(host)}`;

/** Creates a database on this node only, without writing it to the binary log. */
export const database = operation<Database>({
  name: "database",
  state: Database,
  key: (want) => want.name,
  read: () => ask("SELECT schema_name FROM information_schema.schemata"),
  parse: (output, wants) => wants.map(({ name }) => (output.split("\n").includes(name) ? { name } : undefined)),
  apply: (want) => [
    run(tell, `SET sql_log_bin=0; CREATE DATABASE IF NOT EXISTS \`${want.name}\` CHARACTER SET utf8mb4;\n`),
  ],
});

/** Keeps an account, its password and its grants as wanted, on this node only; extra grants are taken away. */
export const databaseUser = operation<DatabaseUser>({
  name: "database user",
  state: DatabaseUser,
  key: (want) => `${want.user}@${want.host}`,
  read: (wants) =>
    lines(
      wants.map(
        (want, at) => sh`echo ${`#user ${at}`}
${raw(ask(`SELECT CONCAT('#hash ', authentication_string) FROM mysql.user WHERE user=${sqlText(want.user)} AND host=${sqlText(want.host)}; SHOW GRANTS FOR ${account(want)}`))}`,
      ),
    ),
  parse(output, wants) {
    const parts = output.split(/^#user \d+$/m).slice(1);
    return wants.map((want, at) => parseUser(parts[at] ?? "", want));
  },
  apply(want) {
    const name = account(want);
    const grants = want.grants.map((grant) => {
      const [on = "", privileges = ""] = grant.split(": ");
      return `GRANT ${privileges} ON ${quoteObject(on)} TO ${name};`;
    });
    const sql = [
      "SET sql_log_bin=0;",
      `CREATE USER IF NOT EXISTS ${name};`,
      `ALTER USER ${name} IDENTIFIED VIA mysql_native_password USING ${sqlText(nativePasswordHash(want.password.reveal()))};`,
      `REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${name};`,
      ...grants,
    ];
    return [run(tell, new Secret(`${sql.join("\n")}\n`))];
  },
});

const quoteObject = (on: string): string => (on === "*.*" ? on : `\`${on.slice(0, -2)}\`.*`);

function parseUser(part: string, want: DatabaseUser): DatabaseUser | undefined {
  const hash = /^#hash (\S*)$/m.exec(part)?.[1];
  if (hash === undefined) return undefined;
  const grants = [...part.matchAll(/^GRANT (.+?) ON `?(\*|[^`.]+)`?\.\* TO /gm)].flatMap(([, privileges, on]) =>
    privileges === "USAGE" ? [] : [`${on}.*: ${privileges}`],
  );
  const known = hash.toUpperCase() === nativePasswordHash(want.password.reveal());
  return {
    user: want.user,
    host: want.host,
    password: known ? want.password : new Secret(hash),
    grants: grants.toSorted(),
  };
}
