import { cutContainer } from "./container.ts";
import type { MachineRecord } from "./lab.ts";
import { isAlive } from "./process.ts";
import { cutVm } from "./vm.ts";

/** Cuts the power of a machine; nothing happens when it is off. */
export async function cutPower({ kind, process }: MachineRecord): Promise<void> {
  if (process === null || !isAlive(process)) return;
  await (kind === "container" ? cutContainer(process) : cutVm(process));
}
