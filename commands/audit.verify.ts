import { z } from "zod";
import { answer, command } from "../src/core/command.ts";
import { counted } from "../src/core/words.ts";

/** `/audit verify`, `/audit verify 3f2a9c01d4e5` */
export default command({
  name: "audit verify",
  summary: "Find any record of the audit that was altered, removed or moved",
  access: "viewer",
  input: z.object({
    /** A head seen earlier, as a run's summary shows it. */
    hash: z
      .string()
      .regex(/^[0-9a-f]{12,64}$/, "a hash is 12 to 64 hexadecimal digits")
      .optional(),
  }),
  async run({ audit }, { hash }) {
    const finding = await audit.verify(hash);
    if (!finding.ok) {
      const { seq, why } = finding;
      return answer({ ok: false, verdict: `tampered: record ${seq} ${why}`, data: { seq, why } });
    }
    const { seq, hash: head } = finding.head;
    const known = hash === undefined ? "" : `, ${hash} among them`;
    const verdict = `unbroken: ${counted(seq, "record")}${known}, head ${head}`;
    return answer({ ok: true, verdict, data: { seq, hash: head } });
  },
});
