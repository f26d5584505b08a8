import type { Told } from "../../core/fact.ts";
import type { HostState } from "../../ops/facts/host.ts";
import type { Concern } from "./concern.ts";
import { judged, looked, type Looked } from "./looked.ts";

/** Percent of memory that must be left. */
const leastMemory = 5;

/** What is kept of a look, so that the next one sees what is new. */
export interface HostBefore {
  readonly uptimeSeconds: number;
  readonly outOfMemory: number;
}

/**
 * Want of memory, and units that failed, whoever they belong to. The kernel counts its victims since it started: only
 * those since the look before are news. Keys are `memory NODE`, `oom NODE` and `units NODE`.
 */
export function judgeHost(name: string, told: Told<HostState>, before: HostBefore | null = null): Looked {
  const found = judged(told, name, `memory ${name}`, (host) =>
    looked([...units(name, host), ...memory(name, host, before)]),
  );
  return found.unknown.length === 0
    ? found
    : { ...found, unknown: ["memory", "oom", "units"].map((word) => `${word} ${name}`) };
}

function units(name: string, { failed }: HostState): Concern[] {
  if (failed.length === 0) return [];
  return [
    {
      key: `units ${name}`,
      severity: "warning",
      title: `failed on ${name}: ${failed.join(", ")}`,
      text: `systemd gave ${failed.length === 1 ? "it" : "them"} up. Its log says why; systemctl reset-failed forgets it.`,
      facts: [],
      next: null,
    },
  ];
}

function memory(
  name: string,
  { memoryMb, outOfMemory, uptimeSeconds }: HostState,
  before: HostBefore | null,
): Concern[] {
  const { total, available } = memoryMb;
  const same = before !== null && uptimeSeconds >= before.uptimeSeconds;
  const killed = before === null ? 0 : outOfMemory - (same ? before.outOfMemory : 0);
  const left = [`${available} of ${total} MB`] as const;
  return [
    ...(killed <= 0
      ? []
      : [
          {
            key: `oom ${name}`,
            severity: "warning",
            title: `${name} ran out of memory and killed ${killed === 1 ? "a process" : `${killed} processes`}`,
            text: "The kernel chose them; a service may be gone or have started anew. It needs more memory or less work.",
            facts: [["left", ...left]],
            next: null,
          } as const,
        ]),
    ...(available * 100 >= total * leastMemory
      ? []
      : [
          {
            key: `memory ${name}`,
            severity: "warning",
            title: `${name} has ${left[0]} of memory left`,
            text: "Soon the kernel kills what it thinks is least needed.",
            facts: [],
            next: null,
            looks: 2,
          } as const,
        ]),
  ];
}
