import { z } from "zod";
import { ClusterName } from "../src/core/cluster.ts";
import { answer, command } from "../src/core/command.ts";
import { isFinished, type RunView } from "../src/core/journal.ts";
import { shortId } from "../src/core/left.ts";
import { titleOf } from "../src/core/lock.ts";
import { runCard } from "../src/core/run-card.ts";
import { ago, counted } from "../src/core/words.ts";

/** `/runs list`, `/runs list prod` */
export default command({
  name: "runs list",
  summary: "List the runs that are under way or wait (the first 30), then the last 20 that ended",
  access: "viewer",
  input: z.object({ cluster: ClusterName.optional() }),
  async run(call, { cluster }) {
    const { runs, more } = await call.runs.latest(cluster ?? null);
    const now = call.services.clock.now();
    const open = runs.filter((run) => !isFinished(run)).length;
    return answer({
      ok: true,
      verdict: `${counted(open + more, "run")} under way or waiting${unlisted(more)}, ${runs.length - open} of the last that ended`,
      table: { columns: ["run", "what", "who", "state", "since", "verdict"], rows: runs.map((run) => row(run, now)) },
      data: {
        runs: runs.map(({ id, playbook, cluster: of, actor, state }) => ({ id, playbook, cluster: of, actor, state })),
      },
    });
  },
});

const unlisted = (more: number): string => (more === 0 ? "" : ` (${more} of them not listed)`);

function row(run: RunView, now: number): string[] {
  const age = ago(now - Date.parse(run.finishedAt ?? run.queuedAt));
  const { verdict, question } = runCard(run);
  return [shortId(run.id), titleOf(run), run.actor, run.state, age, question?.text ?? verdict];
}
