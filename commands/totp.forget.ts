import { z } from "zod";
import { answer, command } from "../src/core/command.ts";

/** `/totp forget bob` */
export default command({
  name: "totp forget",
  summary: "Take somebody's one-time codes back, so that new ones can be made",
  access: "admin",
  input: z.object({ person: z.string() }),
  async run({ codes }, { person }) {
    const gone = await codes.forget(person);
    return answer({ ok: gone, verdict: gone ? `${person} has no one-time codes any more.` : `${person} has none.` });
  },
});
