import { join } from "node:path";
import type { Machine } from "./hypervisor.ts";
import { names, paths, type Lab } from "./lab.ts";
import { bridgeName } from "./network.ts";
import { removeCgroup } from "./process.ts";
import { attempt, run } from "./shell.ts";
import { startInLab } from "./start.ts";

const script = new URL("delay.py", import.meta.url).pathname;

/**
 * Puts a slow cable between each port of a machine and its bridge, or takes it out again (`slow` null). A program of
 * the lab's own carries the frames: not every kernel has netem, and this way both directions are slow.
 */
export async function delayPorts(
  stateDir: string,
  lab: Lab,
  machine: Machine,
  slow: { readonly ms: number; readonly loss: number } | null,
): Promise<void> {
  const router = names.router(lab.id);
  const group = `slow-${String(machine.id)}`;
  await removeCgroup(join(names.cgroup(lab.id), group));
  for (const [index, card] of machine.interfaces.entries()) {
    const port = names.port(machine.id, index);
    const [near, far] = [`n${port}`, `f${port}`];
    const bridge = bridgeName(machine.region, card);
    await attempt("ip", ["-n", router, "link", "delete", near]);
    if (slow === null) {
      await run("ip", ["-n", router, "link", "set", port, "master", bridge]);
      continue;
    }
    await run("ip", ["-n", router, "link", "add", near, "type", "veth", "peer", "name", far]);
    // The router must not answer on the loose ends itself.
    for (const end of [port, near]) {
      const sysctls = [`net.ipv4.conf.${end}.arp_ignore=8`, `net.ipv6.conf.${end}.disable_ipv6=1`];
      await run("ip", ["netns", "exec", router, "sysctl", "-qw", ...sysctls]);
    }
    const plugs = `link set ${port} nomaster\nlink set ${far} master ${bridge} up\nlink set ${near} up\n`;
    await run("ip", ["-n", router, "-batch", "-"], { input: plugs });
    const log = join(paths.machine(stateDir, machine.id), `slow${String(index)}.log`);
    const cable = ["python3", script, port, near, String(slow.ms), String(slow.loss)];
    await startInLab(lab, group, log, ["nsenter", `--net=/run/netns/${router}`, ...cable]);
  }
}
