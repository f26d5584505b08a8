import { z } from "zod";
import { answer, command } from "../src/core/command.ts";
import { counted } from "../src/core/words.ts";

/** `/audit head` */
export default command({
  name: "audit head",
  summary: "Say the hash that stands for everything in the audit so far",
  access: "viewer",
  input: z.object({}),
  async run({ audit }) {
    const { seq, hash } = await audit.head();
    return answer({ ok: true, verdict: `${counted(seq, "record")}, head ${hash}`, data: { seq, hash } });
  },
});
