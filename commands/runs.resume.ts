import { z } from "zod";
import { command } from "../src/core/command.ts";
import { RunId } from "../src/core/option.ts";
import { OpsError } from "../src/core/errors.ts";
import { isFinished, type RunView } from "../src/core/journal.ts";
import { shortId } from "../src/core/left.ts";
import { titleOf } from "../src/core/lock.ts";

/** `/runs resume 1f6f2f0c` */
export default command({
  name: "runs resume",
  summary: "Carry on a run that did not end well, from what it finds",
  // Whoever may give the command that started a run may do so again.
  access: "anyone",
  input: z.object({ id: RunId }),
  async run(call, { id }) {
    const run = await call.runs.find(id, "repeat");
    const problem = objection(run);
    if (problem !== undefined) throw problem;
    return call.runs.again(run, true);
  },
});

function objection(run: RunView): OpsError | undefined {
  const short = shortId(run.id);
  if (!isFinished(run)) {
    return new OpsError({
      code: "run_unfinished",
      message: `${titleOf(run)} goes on by itself; there is nothing to resume.`,
      hint: `/runs show ${short} shows it.`,
    });
  }
  if (run.state !== "done" || run.result?.ok !== true) return undefined;
  return new OpsError({
    code: "run_ended_well",
    message: `${titleOf(run)} ended well: ${run.result.verdict}`,
    hint: `/runs retry ${short} does it once more.`,
  });
}
