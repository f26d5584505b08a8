import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { askToPowerOff, releaseDisk, startContainer, stopOverlay } from "./container.ts";
import { applyPortFaults } from "./faults.ts";
import type { Hypervisor, Machine } from "./hypervisor.ts";
import type { Image } from "./images.ts";
import { paths, readMachine, writeMachine, type Lab } from "./lab.ts";
import { unplug } from "./network.ts";
import { cutPower } from "./power.ts";
import { chooseKind, type HostAbilities } from "./probe.ts";
import { ended, isAlive } from "./process.ts";
import { pressPower } from "./qmp.ts";
import type { Settings } from "./settings.ts";
import { LabError } from "./shell.ts";
import { sockets, startVm } from "./vm.ts";

/** What real machines are made from. */
export interface MachineRoom {
  readonly settings: Settings;
  readonly lab: Lab;
  readonly image: Image;
  readonly abilities: HostAbilities;
}

/**
 * Real machines: containers and virtual machines in the lab's networks. What was done to one machine is finished before
 * the next thing is done to it; different machines do not wait for each other.
 */
export function realMachines(room: MachineRoom): Hypervisor {
  const { stateDir } = room.settings;
  const queues = new Map<number, Promise<unknown>>();
  const inTurn = <T>(id: number, task: () => Promise<T>): Promise<T> => {
    const before = queues.get(id) ?? Promise.resolve();
    const mine = before.then(task, task);
    queues.set(
      id,
      mine.catch(() => undefined),
    );
    return mine;
  };
  return {
    kind: "lab",
    boot: (machine) => inTurn(machine.id, () => boot(room, machine)),
    shutdown: (id, graceMs) => inTurn(id, () => shutdown(room, id, graceMs)),
    powerOff: (id) => inTurn(id, () => powerOff(room, id)),
    isRunning: async (id) => isAlive((await readMachine(stateDir, id))?.process ?? null),
    deleteDisks: (ids) => deleteDisks(stateDir, ids),
    remove: (id) => inTurn(id, () => remove(room, id)),
  };
}

async function boot(room: MachineRoom, machine: Machine): Promise<void> {
  const { settings, lab, image, abilities } = room;
  const before = await readMachine(settings.stateDir, machine.id);
  if (isAlive(before?.process ?? null)) return;
  const dir = paths.machine(settings.stateDir, machine.id);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const sized = withRootSize(machine, settings.rootDiskMb);
  const kind = chooseKind(sized, settings.nodes, abilities);
  // Written before the start as well, so that whatever a killed lab leaves half-made is on record.
  await writeMachine(settings.stateDir, { machine: sized, kind, process: null });
  const process =
    kind === "container"
      ? await startContainer(settings.stateDir, lab, sized, image)
      : await startVm(settings, lab, sized, image, abilities.accelerator);
  await writeMachine(settings.stateDir, { machine: sized, kind, process });
  await applyPortFaults(settings.stateDir, lab, sized);
}

/** No root disk is larger than that of the image, so that "full" comes soon enough to be tried. */
function withRootSize(machine: Machine, limit: number): Machine {
  const disks = machine.disks.map((disk) =>
    disk.content === "image" ? { ...disk, sizeMb: Math.min(disk.sizeMb, limit) } : disk,
  );
  return { ...machine, disks };
}

async function shutdown(room: MachineRoom, id: number, graceMs: number): Promise<void> {
  const record = await readMachine(room.settings.stateDir, id);
  const process = record?.process ?? null;
  if (record === null || process === null || !isAlive(process)) return;
  if (record.kind === "container") await askToPowerOff(process);
  // A machine whose control does not answer any more loses its power below.
  else await pressPower(join(paths.machine(room.settings.stateDir, id), sockets.control)).catch(() => undefined);
  await ended(process, graceMs);
  await powerOff(room, id);
}

async function powerOff(room: MachineRoom, id: number): Promise<void> {
  const record = await readMachine(room.settings.stateDir, id);
  if (record !== null) await cutPower(record);
  await stopOverlay(room.settings.stateDir, id);
}

async function remove(room: MachineRoom, id: number): Promise<void> {
  const { stateDir } = room.settings;
  const record = await readMachine(stateDir, id);
  if (record === null) return;
  if (isAlive(record.process))
    throw new LabError(`${record.machine.label} is running; switch it off before it is removed.`);
  await stopOverlay(stateDir, id);
  await unplug(room.lab.id, record.machine);
  await rm(paths.machine(stateDir, id), { recursive: true, force: true });
}

async function deleteDisks(stateDir: string, ids: readonly number[]): Promise<void> {
  for (const id of ids) {
    await releaseDisk(stateDir, id);
    await rm(paths.disk(stateDir, id), { recursive: true, force: true });
  }
}
