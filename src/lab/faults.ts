import { readFile } from "node:fs/promises";
import { z } from "zod";
import { delayPorts } from "./delay.ts";
import { runInside } from "./guest.ts";
import type { Machine } from "./hypervisor.ts";
import { paths, writeAtomically, type Lab, type MachineRecord } from "./lab.ts";
import { setPorts } from "./network.ts";
import { cutPower } from "./power.ts";
import { LabError } from "./shell.ts";

const nodeFault = z.object({
  isolated: z.boolean().default(false),
  slow: z.object({ ms: z.number(), loss: z.number() }).nullable().default(null),
});

/** What Linode does to a host (its API's words). */
export const maintenanceTypes = ["reboot", "cold_migration", "live_migration"] as const;
type MaintenanceType = (typeof maintenanceTypes)[number];

/** `faults.json`: the API reads all but `nodes` at each request; `nodes` is by machine id. */
const faultsFile = z.object({
  api: z.enum(["down", "closed", "429"]).nullable().default(null),
  poweredOff: z.array(z.number()).default([]),
  maintenance: z.array(z.object({ id: z.number(), type: z.enum(maintenanceTypes), at: z.number() })).default([]),
  nodes: z.record(z.string(), nodeFault).default({}),
});
type FaultsFile = z.infer<typeof faultsFile>;

async function read(stateDir: string): Promise<FaultsFile> {
  const text = await readFile(paths.faults(stateDir), "utf8").catch(() => "{}");
  return faultsFile.parse(JSON.parse(text));
}

async function change(stateDir: string, how: (faults: FaultsFile) => Partial<FaultsFile>): Promise<void> {
  const before = await read(stateDir);
  await writeAtomically(paths.faults(stateDir), JSON.stringify({ ...before, ...how(before) }, null, 2));
}

/** Makes the API unreachable, limited, or well again. */
export async function faultApi(stateDir: string, api: FaultsFile["api"]): Promise<void> {
  await change(stateDir, () => ({ api }));
}

/** Announces maintenance of a machine's host at a moment (milliseconds since 1970), or takes it back. */
export async function announceMaintenance(
  stateDir: string,
  { id }: Pick<Machine, "id">,
  planned: { readonly type: MaintenanceType; readonly at: number } | null,
): Promise<void> {
  await change(stateDir, ({ maintenance }) => ({
    maintenance: [...maintenance.filter((one) => one.id !== id), ...(planned === null ? [] : [{ id, ...planned }])],
  }));
}

/** Cuts the power; the API's watchdog leaves the machine off until `heal`. */
export async function faultPowerOff(stateDir: string, record: MachineRecord): Promise<void> {
  const { id } = record.machine;
  await change(stateDir, ({ poweredOff }) => ({ poweredOff: [...new Set([...poweredOff, id])] }));
  await cutPower(record);
}

/** Pulls all network cables of a machine, also after it is booted again, until `heal`. */
export async function faultIsolate(stateDir: string, lab: Lab, { machine }: MachineRecord): Promise<void> {
  await setNode(stateDir, machine, { isolated: true });
  await applyPortFaults(stateDir, lab, machine);
}

/** Delays every packet of a machine by `ms` milliseconds on its way in and out, and loses `loss` percent each way. */
export async function faultSlow(
  stateDir: string,
  lab: Lab,
  { machine }: MachineRecord,
  slow: { ms: number; loss: number },
): Promise<void> {
  await setNode(stateDir, machine, { slow });
  await applyPortFaults(stateDir, lab, machine);
}

const fillScript = `n=0
for size in 1G 100M 10M 1M 100K 4K; do
  while fallocate -l $size /var/tmp/lab-fill.$n 2>/dev/null; do n=$((n + 1)); done
  rm -f /var/tmp/lab-fill.$n
done
df -h / | tail -1`;

/** Fills the root file system to the last block. Answers with what `df` says of it. */
export async function faultFillDisk(stateDir: string, record: MachineRecord): Promise<string> {
  const outcome = await runInside(stateDir, record, ["sh", "-c", fillScript]);
  if (outcome.code === 0) return outcome.stdout.trim();
  throw new LabError(`The disk of ${record.machine.label} could not be filled: ${outcome.stderr.trim()}`);
}

/** Takes back every fault of a machine. A machine that is off stays off: booting it is the API's to do. */
export async function heal(stateDir: string, lab: Lab, record: MachineRecord, running: boolean): Promise<void> {
  const { machine } = record;
  await setNode(stateDir, machine, { isolated: false, slow: null });
  await change(stateDir, ({ poweredOff }) => ({ poweredOff: poweredOff.filter((id) => id !== machine.id) }));
  if (!running) return;
  await applyPortFaults(stateDir, lab, machine);
  await runInside(stateDir, record, ["sh", "-c", "rm -f /var/tmp/lab-fill.*"]);
}

async function setNode(stateDir: string, machine: Machine, fault: Partial<z.infer<typeof nodeFault>>): Promise<void> {
  const id = String(machine.id);
  await change(stateDir, ({ nodes }) => ({
    nodes: { ...nodes, [id]: nodeFault.parse({ ...nodes[id], ...fault }) },
  }));
}

/** Brings the ports of a machine into the state that its faults ask for. */
export async function applyPortFaults(stateDir: string, lab: Lab, machine: Machine): Promise<void> {
  const { isolated, slow } = nodeFault.parse((await read(stateDir)).nodes[String(machine.id)] ?? {});
  await delayPorts(stateDir, lab, machine, slow);
  await setPorts(lab.id, machine, isolated ? "down" : "up");
}
