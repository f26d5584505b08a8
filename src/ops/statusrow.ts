import { z } from "zod";
import { operation } from "../core/operation.ts";
import { run, sh } from "../core/shell.ts";
import { Path } from "./file.ts";

const StatusRow = z.strictObject({
  /** The page, which also reads and writes the row from the command line. */
  page: Path,
  text: z.string().min(1).max(255),
});
/** The row that the status page shows. */
export type StatusRow = z.infer<typeof StatusRow>;

/** Writes the row from a web server through the floating address of the databases. */
export const statusRow = operation<StatusRow>({
  name: "database row",
  state: StatusRow,
  key: (want) => want.page,
  read: ([want]) => sh`php ${want?.page ?? ""} read 2>/dev/null || true`,
  parse(output, wants) {
    const text = /^row (.+)$/m.exec(output)?.[1];
    return wants.map(({ page }) => (text === undefined ? undefined : { page, text }));
  },
  apply: ({ page, text }) => [run(sh`php ${page} write`, `${text}\n`)],
});
