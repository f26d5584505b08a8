import { z } from "zod";
import { answer, command } from "../src/core/command.ts";
import { RunId } from "../src/core/option.ts";
import { OpsError } from "../src/core/errors.ts";
import { isFinished } from "../src/core/journal.ts";
import { leftAs, shortId, whatNow } from "../src/core/left.ts";
import { titleOf } from "../src/core/lock.ts";

/** `/runs cancel 1f6f2f0c` */
export default command({
  name: "runs cancel",
  summary: "Take a run out of the line, or stop it at the next safe point",
  // Whoever started a run, and whoever may give the command that did, may stop it.
  access: "anyone",
  input: z.object({ id: RunId }),
  async run(call, { id }) {
    const run = await call.runs.find(id, "stop");
    const title = titleOf(run);
    if (isFinished(run)) {
      throw new OpsError({
        code: "run_ended",
        message: `${title} has ended already: ${run.state}.`,
        hint: `/runs show ${shortId(run.id)} shows how.`,
      });
    }
    const stop = await call.runs.cancel(run);
    if (stop === "at once") return answer({ ok: true, verdict: `${title} by ${run.actor} is cancelled.` });
    const soFar = run.changed === 0 ? "No change was completed so far." : `So far: ${leftAs(run)}`;
    return answer({
      ok: true,
      verdict: `${title} stops at the next safe point; then its card says how things are left. ${soFar} Afterwards ${whatNow(run)}`,
      data: { run: run.id },
    });
  },
});
