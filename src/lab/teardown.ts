import { rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { names, readLab, readMachines } from "./lab.ts";
import { removeNetworks } from "./network.ts";
import { cutPower } from "./power.ts";
import { bootId, ended, removeCgroup, signal } from "./process.ts";
import { attempt, run } from "./shell.ts";

/** Everything a lab ever writes into its state folder. */
const files = [
  "machines",
  "disks",
  "api.json",
  "api.json.next",
  "faults.json",
  "lab.log",
  "packages.log",
  "token",
  "lab.json",
] as const;

/**
 * Removes a lab: processes, mounts, namespaces, links, control groups, files. Goes by the state folder and the names
 * alone, so it also removes one whose own process was killed, or that was up when the machine went down.
 * Answers false when there is no lab in the folder. `keepDaemon`: the caller is the process that serves the lab.
 */
export async function teardown(stateDir: string, options: { keepDaemon?: boolean } = {}): Promise<boolean> {
  const lab = await readLab(stateDir);
  if (lab === null) return false;
  if (lab.bootId === bootId()) {
    if (lab.daemon !== null && options.keepDaemon !== true) {
      signal(lab.daemon, "SIGTERM");
      if (!(await ended(lab.daemon, 5000))) signal(lab.daemon, "SIGKILL");
      await ended(lab.daemon, 5000);
    }
    await Promise.all((await readMachines(stateDir)).map(cutPower));
    await removeCgroup(names.cgroup(lab.id));
    await removeNetworks(lab.id);
    await unmountBelow(stateDir);
  }
  for (const file of files) await rm(join(stateDir, file), { recursive: true, force: true });
  // The folder itself stays when it holds something that is not the lab's.
  await rmdir(stateDir).catch(() => undefined);
  return true;
}

async function unmountBelow(stateDir: string): Promise<void> {
  const mounts = (await run("findmnt", ["-rno", "TARGET"]))
    .split("\n")
    .filter((path) => path.startsWith(`${stateDir}/`));
  for (const path of mounts.toReversed()) await run("umount", ["-l", path]);
  const loops = (await attempt("losetup", ["-lnO", "NAME,BACK-FILE"])).stdout.split("\n");
  for (const line of loops) {
    const [device = "", file = ""] = line.trim().split(/\s+/);
    if (file.startsWith(`${stateDir}/disks/`)) await attempt("losetup", ["-d", device]);
  }
}
