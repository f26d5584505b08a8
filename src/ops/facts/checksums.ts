import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";
import { unreadable } from "./unreadable.ts";

/** Checksum by name of the table; `NULL` where MariaDB gives none. */
export type Checksums = Readonly<Record<string, string>>;

/**
 * Checksums of all tables of a database. Every row is read, so each table has 20 seconds at most, and the server has a
 * rest between two of them.
 */
export function tableChecksums(database: string): Fact<Checksums> {
  return {
    name: "table checksums",
    script: sh`ask() { mariadb --batch --raw --skip-column-names; }
printf "SELECT table_name FROM information_schema.tables WHERE table_schema='%s' AND table_type='BASE TABLE' ORDER BY 1" ${database} | ask |
while IFS= read -r table; do
  name=$(printf %s "$table" | sed 's/\`/\`\`/g')
  printf 'SET SESSION max_statement_time=20; CHECKSUM TABLE \`%s\`.\`%s\`;' ${database} "$name" | ask || exit 1
  sleep 0.2
done || exit 1
echo complete`,
    parse(output) {
      const lines = output.trimEnd().split("\n");
      if (lines.pop() !== "complete") throw unreadable("The checksums were cut off.");
      return Object.fromEntries(
        lines.map((line) => {
          const [, table, sum] = /^(.+)\t(\d+|NULL)$/.exec(line) ?? [];
          if (table === undefined || sum === undefined) throw unreadable(`“${line}” is no checksum.`);
          return [table, sum];
        }),
      );
    },
    query: database,
  };
}
