import { z } from "zod";
import { answer, command } from "../src/core/command.ts";

/** `/reviews ack 1f0c9a3e` */
export default command({
  name: "reviews ack",
  summary: "Say that you have looked at what somebody else did alone",
  access: "operator",
  input: z.object({ id: z.string() }),
  async run({ reviews, actor }, { id }) {
    const { actor: by, reason } = await reviews.acknowledge(id, actor);
    return answer({ ok: true, verdict: `Noted: you have looked at what ${by} did alone (${reason}).` });
  },
});
