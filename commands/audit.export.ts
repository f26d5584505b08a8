import { z } from "zod";
import { answer, command } from "../src/core/command.ts";
import { canonicalJson, type Json } from "../src/core/json.ts";
import { counted } from "../src/core/words.ts";

/** `/audit export`, `/audit export 2026-01-31`, `/audit export 1200` */
export default command({
  name: "audit export",
  summary: "Print the audit as JSON lines, from a day or a record on",
  access: "admin",
  input: z.object({
    /** Number of a record, or a time. */
    since: z
      .union(
        [
          z
            .string()
            .regex(/^\d{1,15}$/)
            .transform(Number),
          z.union([z.iso.date(), z.iso.datetime()]).transform((time) => new Date(time).toISOString()),
        ],
        "since is the number of a record, or a time like 2026-01-31 or 2026-01-31T14:00:00Z",
      )
      .optional(),
  }),
  async run({ audit }, { since }) {
    const records = await audit.records(since);
    const lines = records.map(canonicalJson);
    const plain: Json = records.map((record) => ({ ...record }));
    return answer({
      ok: true,
      verdict: counted(records.length, "record"),
      text: lines.join("\n"),
      data: { records: plain },
    });
  },
});
