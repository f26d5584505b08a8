import { z } from "zod";
import { answer, command } from "../src/core/command.ts";
import { counted } from "../src/core/words.ts";

/** `/console leave` */
export default command({
  name: "console leave",
  summary: "Sign yourself out of the web console, on every screen",
  access: "anyone",
  input: z.object({}),
  async run({ signIns }) {
    const ended = await signIns.endAll();
    return answer({ ok: true, verdict: `${counted(ended, "session")} ended; links not used yet are void.` });
  },
});
