import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { names, type Lab } from "./lab.ts";
import { makeCgroup, processRef, type ProcessRef } from "./process.ts";
import { LabError, systemPath } from "./shell.ts";

/** Moves itself into the control groups named first, then becomes the command after `--`. */
const wrapper = 'while [ "$1" != -- ]; do echo $$ >"$1"; shift; done; shift; exec "$@"';

/**
 * Starts a long-lived process of a machine, apart from this one and in a control group of the lab, so that it outlives
 * a killed lab and is found again by `down`. `log` gets its output.
 */
export async function startInLab(
  lab: Lab,
  machine: number | string,
  log: string,
  command: readonly string[],
  cwd = "/",
): Promise<ProcessRef> {
  const groups = await makeCgroup(join(names.cgroup(lab.id), String(machine)));
  const output = await open(log, "w");
  try {
    const child = spawn("sh", ["-ec", wrapper, "sh", ...groups, "--", ...command], {
      cwd,
      detached: true,
      stdio: ["ignore", output.fd, output.fd],
      env: { PATH: systemPath(), SYSTEMD_NSPAWN_API_VFS_WRITABLE: "network" },
    });
    await new Promise((resolve, reject) => child.once("spawn", resolve).once("error", reject));
    child.unref();
    const ref = child.pid === undefined ? null : processRef(child.pid);
    if (ref === null) throw new LabError(`${command[0] ?? ""} ended at once; see ${log}.`);
    return ref;
  } finally {
    await output.close();
  }
}
