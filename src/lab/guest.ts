import { join } from "node:path";
import { leaderOf } from "./container.ts";
import { paths, type MachineRecord } from "./lab.ts";
import { isAlive } from "./process.ts";
import { runInVm } from "./qmp.ts";
import { attempt, LabError, type Outcome } from "./shell.ts";
import { sockets } from "./vm.ts";

const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Runs a command as root inside a machine without SSH, so that it works past any firewall.
 * Throws `LabError` when the machine is off or cannot take commands yet.
 */
export async function runInside(
  stateDir: string,
  record: MachineRecord,
  command: readonly string[],
  input = "",
): Promise<Outcome> {
  const { machine, kind, process } = record;
  if (process === null || !isAlive(process)) throw new LabError(`${machine.label} is off; boot it first.`);
  if (kind === "vm")
    return runInVm(join(paths.machine(stateDir, machine.id), sockets.agent), ["/usr/bin/env", path, ...command], input);
  const leader = await leaderOf(process);
  if (leader === null) throw new LabError(`${machine.label} is still starting; try again in a second.`);
  const into = ["--target", String(leader.pid), "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root"];
  return attempt("nsenter", [...into, "--", "/usr/bin/env", "-i", path, "HOME=/root", "LC_ALL=C.UTF-8", ...command], {
    input,
  });
}
