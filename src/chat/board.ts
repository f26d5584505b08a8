import type { Caller } from "../core/caller.ts";
import type { Board, LastLook } from "../core/desk.ts";
import { isFinished, type RunView } from "../core/journal.ts";
import type { Result } from "../core/playbook.ts";
import { toSeeNotice } from "./call-notices.ts";
import { findRun, type Inside } from "./inside.ts";

/** See `Desk.board`. */
export async function board(inside: Inside, caller: Caller): Promise<Board> {
  const { services, runs, may, authorizer } = inside;
  if (authorizer.nameOf(caller) === null) return { clusters: [], runs: [], ended: [], locks: [], notices: [] };
  const [clusters, latest, locks, open] = await Promise.all([
    services.clusters.list(),
    runs.latest(null),
    services.clusters.locks(),
    runs.notices.open(),
  ]);
  const visible = clusters.filter((name) => mayLookAt(inside, name, caller));
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
export async function lastLook(inside: Inside, cluster: string, caller: Caller): Promise<LastLook | undefined> {
  const [{ runs }, round] = await Promise.all([
    inside.runs.latest(cluster),
    mayLookAt(inside, cluster, caller) ? inside.services.watched.round(cluster) : undefined,
  ]);
  const run = runs.find((one) => one.playbook === "status" && one.result !== null && maySee(inside, one, caller));
  const asked: LastLook[] = run === undefined || run.result === null ? [] : [lookOf(run, run.result)];
  const watched: LastLook[] = round?.snapshot == null ? [] : [{ ...round.snapshot, runId: null }];
  return [...asked, ...watched].toSorted((a, b) => b.at - a.at)[0];
}

function lookOf({ id, finishedAt, queuedAt }: RunView, { ok, verdict, drawing }: Result): LastLook {
  return { at: Date.parse(finishedAt ?? queuedAt), ok, verdict, drawing: drawing ?? null, runId: id };
}

function mayLookAt({ commandsFor, may }: Inside, name: string, caller: Caller): boolean {
  const status = commandsFor(caller).find((command) => command.name === "cluster status");
  return status !== undefined && may(caller, { kind: "use", command: status, input: { name } });
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
