import { busy, refusal } from "../core/fence.ts";
import type { OpsError } from "../core/errors.ts";
import { sh, type Script } from "../core/shell.ts";
import type { Claim, Fence } from "../core/target.ts";
import type { Frame, Part } from "./frames.ts";
import { excerpt } from "./output.ts";

/** In memory: a disk that is full or broken must not keep Nonet from doing something about it. */
export const usualFolder = "/run/nonet";

/** What stands before the actions of a script. */
export interface Guard {
  /** On the node, with its lock and its fence. */
  readonly folder: string;
  readonly fence: Fence;
  /** Seconds it waits for a change that is under way. */
  readonly seconds: number;
}

/** Exit statuses of the guard; any other means that it failed itself. */
const wasBusy = 75;
const wasRefused = 77;

/**
 * Opens the lock in the script's own shell. All that it starts inherits it, so it is held until the last process of
 * the script has ended, even one that outlives a broken connection.
 */
export const openLock = ({ folder }: Guard): Script => sh`mkdir -p ${folder} || exit 1
exec 9>>${`${folder}/lock`}`;

/** Waits for its turn, then lets nobody pass whom the node has seen replaced, and remembers who passed. */
export function guardPart({ folder, fence, seconds }: Guard): Part {
  const script = sh`set -eu
cd ${folder}
remembered() {
  [ -e fence ] || return 0
  read -r run turn by at actor <fence
  echo "$run $turn $by $(($(date +%s) - at)) $actor"
}
flock -E ${wasBusy} -w ${seconds} 9 || { status=$?; remembered; exit "$status"; }
if [ -e fence ]; then
  read -r run turn by at actor <fence
  [ "$by" = ${fence.by} ] && [ ${fence.turn} -ge "$turn" ] || { remembered; exit ${wasRefused}; }
fi
printf '%s %s %s %s %s\n' ${[fence.run, String(fence.turn), fence.by]} "$(date +%s)" ${fence.actor} >fence.next
mv -fT fence.next fence`;
  return { script };
}

/** Why the guard let nothing pass; `undefined` when it failed itself. */
export function guardRefusal(node: string, { fence, seconds }: Guard, { status, output }: Frame): OpsError | undefined {
  // Another bot wrote it: nothing in it may reach a terminal as it is.
  const claim = parseClaim(excerpt(output, []));
  if (status === wasBusy) return busy(node, claim, seconds);
  return status === wasRefused && claim !== undefined ? refusal(node, fence, claim) : undefined;
}

function parseClaim(output: string): Claim | undefined {
  const [, run, turn, by, seconds, actor] = /^(\S+) (\d+) (\S+) (-?\d+) ?(.*)$/m.exec(output) ?? [];
  if (run === undefined || by === undefined || actor === undefined) return undefined;
  return { run, turn: Number(turn), by, seconds: Number(seconds), actor };
}
