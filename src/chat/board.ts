import type { Caller } from "../core/caller.ts";
import type { Board } from "../core/desk.ts";
import { isFinished } from "../core/journal.ts";
import type { Inside } from "./inside.ts";

/** See `Desk.board`. */
export async function board({ services, runs, may, commandsFor, authorizer }: Inside, caller: Caller): Promise<Board> {
  if (authorizer.nameOf(caller) === null) return { clusters: [], runs: [], locks: [] };
  const usable = commandsFor(caller);
  const command = usable.find(({ name }) => name === "runs list");
  const status = usable.find(({ name }) => name === "cluster status");
  const [clusters, views, locks] = await Promise.all([
    services.clusters.list(),
    runs.latest(null),
    services.clusters.locks(),
  ]);
  const visible = clusters.filter(
    (name) => status !== undefined && may(caller, { kind: "use", command: status, input: { name } }),
  );
  return {
    clusters: visible,
    runs: views.runs.filter(
      (run) => !isFinished(run) && command !== undefined && may(caller, { kind: "see", command, run }),
    ),
    locks: locks.filter(({ cluster }) => cluster === null || visible.some((name) => name === cluster)),
  };
}
