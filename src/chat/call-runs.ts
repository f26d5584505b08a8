import type { What } from "../auth/attempt.ts";
import type { Caller } from "../core/caller.ts";
import type { CallRuns, Command } from "../core/command.ts";
import { OpsError } from "../core/errors.ts";
import type { LatestRuns, RunView } from "../core/journal.ts";
import { shortId } from "../core/left.ts";
import { titleOf, type Lock } from "../core/lock.ts";
import type { Place } from "../core/mouth.ts";
import { allOf } from "../core/words.ts";

/** The part of the engine that people reach through commands about runs and locks. */
export interface PeoplesRuns {
  /** Returns how soon it ends. */
  cancel(runId: string, actor: string): Promise<"at once" | "at the next safe point">;
  /** Starts what a run was started for once more; `link` says that it carries that run on; these places are shown its card. Returns its id. */
  again(view: RunView, actor: string, link: boolean, places: readonly Place[]): Promise<string>;
  /** Of all clusters for `null`. */
  latest(cluster: string | null): Promise<LatestRuns>;
  /** Runs whose id begins like this; no more than a few. */
  beginning(id: string): Promise<readonly RunView[]>;
  /** Locks a cluster or, `null`, all. Returns the lock that is there already, if one is. */
  lock(cluster: string | null, actor: string, reason: string): Promise<Lock | undefined>;
  /** Returns the lock that was lifted; `undefined` when there is none. */
  unlock(cluster: string | null, actor: string, reason: string | null): Promise<Lock | undefined>;
}

interface Parts {
  /** The command that is being used. */
  readonly command: Command;
  readonly commands: readonly Command[];
  readonly runs: PeoplesRuns;
  /** Returns the name of the person. @throws OpsError the denial. */
  readonly allow: (caller: Caller, what: What) => string;
  /** Where the cards of runs are shown. */
  readonly places: readonly Place[];
}

/** Runs and locks in the hands of one person at one place. */
export function callRuns({ command, commands, runs, allow, places }: Parts, caller: Caller, actor: string): CallRuns {
  const permit = (run: RunView, to: "see" | "stop" | "repeat") => {
    if (to === "repeat") return allow(caller, repeating(run, commands));
    return allow(caller, to === "see" ? { kind: "see", command, run } : { kind: "stop", run });
  };
  return {
    latest: (cluster) => runs.latest(cluster),
    find: async (id, to) => {
      const run = theOnly(id, await runs.beginning(id));
      permit(run, to);
      return run;
    },
    cancel: (run) => runs.cancel(run.id, permit(run, "stop")),
    again: async (run, link) => ({ kind: "run", runId: await runs.again(run, permit(run, "repeat"), link, places) }),
    lock: (cluster, reason) => runs.lock(cluster, actor, reason),
    unlock: (cluster, reason) => runs.unlock(cluster, actor, reason),
  };
}

/** To repeat a run is to give the command that starts such runs. */
function repeating({ playbook, input }: RunView, commands: readonly Command[]): What {
  const command = commands.find(({ starts }) => starts === playbook);
  if (command === undefined || typeof input !== "object" || input === null) {
    throw new OpsError({ code: "no_such_command", message: `There is no command any more that starts ${playbook}.` });
  }
  return { kind: "use", command, input };
}

function theOnly(id: string, found: readonly RunView[]): RunView {
  const [run, ...more] = found;
  const hint = "/runs list shows the ids of runs.";
  if (run === undefined) throw new OpsError({ code: "no_such_run", message: `There is no run ${id}.`, hint });
  if (more.length === 0) return run;
  const these = found.map((each) => `${each.id} (${titleOf(each)} by ${each.actor})`);
  const message = `Several runs begin with ${shortId(id)}: ${allOf(these)}.`;
  throw new OpsError({ code: "ambiguous_run", message, hint: "Type more of the id." });
}
