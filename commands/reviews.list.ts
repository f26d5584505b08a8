import { z } from "zod";
import { answer, command } from "../src/core/command.ts";
import { counted } from "../src/core/words.ts";

/** `/reviews list` */
export default command({
  name: "reviews list",
  summary: "List where somebody went on alone and nobody else has looked at it yet",
  access: "viewer",
  input: z.object({}),
  async run({ reviews }) {
    const open = await reviews.open();
    const rows = open.map(({ id, actor, at, reason, runId }) => [id, actor, at.slice(0, 16), reason, runId]);
    return answer({
      ok: true,
      verdict: open.length === 0 ? "No review is open." : `${counted(open.length, "review")} open.`,
      ...(open.length === 0 ? {} : { table: { columns: ["id", "by", "at", "reason", "run"], rows } }),
    });
  },
});
