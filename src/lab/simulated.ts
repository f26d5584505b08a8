import { setTimeout as delay } from "node:timers/promises";
import type { Hypervisor, Machine } from "./hypervisor.ts";

/** How long simulated machines take, in milliseconds. */
export interface SimulatedTiming {
  readonly bootMs: number;
  readonly shutdownMs: number;
}

/** A hypervisor that starts nothing: it remembers which machines are on. For machines on which the lab cannot run. */
export interface SimulatedHypervisor extends Hypervisor {
  /** Machines that are on, as they were booted. */
  readonly machines: ReadonlyMap<number, Machine>;
}

/** Makes one with all machines off. */
export function simulatedHypervisor(timing: SimulatedTiming = { bootMs: 200, shutdownMs: 100 }): SimulatedHypervisor {
  const machines = new Map<number, Machine>();
  return {
    kind: "simulated",
    machines,
    async boot(machine) {
      await delay(timing.bootMs);
      machines.set(machine.id, machine);
    },
    async shutdown(id) {
      await delay(timing.shutdownMs);
      machines.delete(id);
    },
    powerOff(id) {
      machines.delete(id);
      return Promise.resolve();
    },
    isRunning: (id) => Promise.resolve(machines.has(id)),
    deleteDisks: () => Promise.resolve(),
    remove(id) {
      if (machines.has(id)) return Promise.reject(new Error(`machine ${String(id)} is still on`));
      return Promise.resolve();
    },
  };
}
