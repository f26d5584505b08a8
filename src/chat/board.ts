import type { Caller } from "../core/caller.ts";
import type { Board } from "../core/desk.ts";
import { isFinished, type RunView } from "../core/journal.ts";
import { toSeeNotice } from "./call-notices.ts";
import { findRun, type Inside } from "./inside.ts";

/** See `Desk.board`. */
export async function board(inside: Inside, caller: Caller): Promise<Board> {
  const { services, runs, may, commandsFor, authorizer } = inside;
  if (authorizer.nameOf(caller) === null) return { clusters: [], runs: [], ended: [], locks: [], notices: [] };
  const status = commandsFor(caller).find(({ name }) => name === "cluster status");
  const [clusters, latest, locks, open] = await Promise.all([
    services.clusters.list(),
    runs.latest(null),
    services.clusters.locks(),
    runs.notices.open(),
  ]);
  const visible = clusters.filter(
    (name) => status !== undefined && may(caller, { kind: "use", command: status, input: { name } }),
  );
  const seen = latest.runs.filter((run) => maySee(inside, run, caller));
  return {
    clusters: visible,
    runs: seen.filter((run) => !isFinished(run)),
    ended: seen.filter(isFinished),
    locks: locks.filter(({ cluster }) => cluster === null || visible.includes(cluster)),
    notices: open.filter((notice) => may(caller, toSeeNotice(inside.commands, notice))),
  };
}

/** See `Desk.lastLook`. */
export async function lastLook(inside: Inside, cluster: string, caller: Caller): Promise<RunView | undefined> {
  const { runs } = await inside.runs.latest(cluster);
  return runs.find(
    (run) => run.playbook === "status" && run.result !== null && isFinished(run) && maySee(inside, run, caller),
  );
}

/** See `Desk.see`. */
export function see(inside: Inside, runId: string, caller: Caller): Promise<RunView> {
  return inside.witness.watch("see", caller, async (tell) => {
    const run = await findRun(inside.runs, runId);
    tell({ cluster: run.cluster, data: { run: runId }, understood: true });
    const command = inside.commands.find(({ name }) => name === "runs show");
    if (command === undefined) throw new TypeError("there is no command to look at runs");
    inside.allow(caller, { kind: "see", command, run });
    return run;
  });
}

function maySee({ commandsFor, may }: Inside, run: RunView, caller: Caller): boolean {
  const command = commandsFor(caller).find(({ name }) => name === "runs list");
  return command !== undefined && may(caller, { kind: "see", command, run });
}
