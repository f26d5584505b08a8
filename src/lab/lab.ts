import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Machine } from "./hypervisor.ts";
import type { ProcessRef } from "./process.ts";
import type { Settings } from "./settings.ts";

/** What must be known to use or remove a lab; `lab.json` in its state folder. */
export interface Lab {
  /** Part of the name of every namespace, link and control group of this lab. */
  readonly id: string;
  readonly net: Settings["net"];
  readonly bootId: string;
  /** Serves the API; null until it does. */
  readonly daemon: ProcessRef | null;
  readonly apiUrl: string | null;
}

/** A machine as it was last booted; `machine.json` in its folder. Removed with the machine. */
export interface MachineRecord {
  readonly machine: Machine;
  readonly kind: "container" | "vm";
  readonly process: ProcessRef | null;
}

/** Where the files of a lab are. */
export const paths = {
  lab: (stateDir: string): string => join(stateDir, "lab.json"),
  token: (stateDir: string): string => join(stateDir, "token"),
  log: (stateDir: string): string => join(stateDir, "lab.log"),
  packagesLog: (stateDir: string): string => join(stateDir, "packages.log"),
  faults: (stateDir: string): string => join(stateDir, "faults.json"),
  machines: (stateDir: string): string => join(stateDir, "machines"),
  machine: (stateDir: string, id: number): string => join(stateDir, "machines", String(id)),
  disk: (stateDir: string, id: number): string => join(stateDir, "disks", String(id)),
};

/** Names in the kernel, all made from the lab's id; links have at most 15 characters. */
export const names = {
  router: (lab: string): string => `nl${lab}`,
  namespace: (lab: string, machine: number): string => `nl${lab}-${String(machine)}`,
  cgroup: (lab: string): string => `nonet-lab-${lab}`,
  /** Port of a machine's card in the router. */
  port: (machine: number, card: number): string => `m${String(machine)}e${String(card)}`,
};

/** Writes a file so that a reader sees the old or the new content, never half of it. */
export async function writeAtomically(file: string, text: string, mode = 0o644): Promise<void> {
  const temporary = `${file}.${String(process.pid)}`;
  await writeFile(temporary, text, { mode });
  await rename(temporary, file);
}

/** The lab of a state folder; null when there is none. */
export async function readLab(stateDir: string): Promise<Lab | null> {
  const text = await readFile(paths.lab(stateDir), "utf8").catch(() => null);
  return text === null ? null : (JSON.parse(text) as Lab);
}

/** Notes the lab in its state folder. */
export async function writeLab(stateDir: string, lab: Lab): Promise<void> {
  await mkdir(paths.machines(stateDir), { recursive: true, mode: 0o700 });
  await writeAtomically(paths.lab(stateDir), JSON.stringify(lab, null, 2));
}

/** Every machine that was booted and not removed since, by id. */
export async function readMachines(stateDir: string): Promise<MachineRecord[]> {
  const ids = await readdir(paths.machines(stateDir)).catch(() => []);
  const records = await Promise.all(ids.map((id) => readMachine(stateDir, Number(id))));
  return records.filter((record) => record !== null).toSorted((a, b) => a.machine.id - b.machine.id);
}

/** One machine; null when it was never booted. */
export async function readMachine(stateDir: string, id: number): Promise<MachineRecord | null> {
  const file = join(paths.machine(stateDir, id), "machine.json");
  return existsSync(file) ? (JSON.parse(await readFile(file, "utf8")) as MachineRecord) : null;
}

/** Notes a machine; its folder must exist. It may hold a password, so it is for root only. */
export async function writeMachine(stateDir: string, record: MachineRecord): Promise<void> {
  const file = join(paths.machine(stateDir, record.machine.id), "machine.json");
  await writeAtomically(file, JSON.stringify(record, null, 2), 0o600);
}
