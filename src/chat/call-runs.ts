import type { What } from "../auth/attempt.ts";
import type { Caller } from "../core/caller.ts";
import type { CallRuns, Command } from "../core/command.ts";
import { OpsError } from "../core/errors.ts";
import type { RunView } from "../core/journal.ts";
import { shortId } from "../core/left.ts";
import { titleOf } from "../core/lock.ts";
import { allOf } from "../core/words.ts";
import type { Runs } from "./desk.ts";

interface Parts {
  /** The command that is being used. */
  readonly command: Command;
  readonly commands: readonly Command[];
  readonly runs: Runs;
  /** Returns the name of the person. @throws OpsError the denial. */
  readonly allow: (caller: Caller, what: What) => string;
}

/** Runs and locks in the hands of one person at one place. */
export function callRuns({ command, commands, runs, allow }: Parts, caller: Caller, actor: string): CallRuns {
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
    again: async (run, link) => ({ kind: "run", runId: await runs.again(run, permit(run, "repeat"), link) }),
    lock: (cluster, reason) => runs.lock(cluster, actor, reason),
    unlock: (cluster) => runs.unlock(cluster),
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
