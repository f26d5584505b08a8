import type { Told } from "../core/fact.ts";
import type { FileSystem } from "../ops/facts/file-systems.ts";
import type { DiskSeries } from "../policy/watch/disks.ts";
import type { Answer } from "./beat.ts";

/** Milliseconds between two samples that are kept, and as many of them as make a trend: six hours. */
const everyMs = 15 * 60_000;
const most = 24;

/** Free space of file systems lately, by node; plain JSON. */
export type FreeSpace = Readonly<Record<string, DiskSeries>>;

/** Adds what was told now; the newest sample only stays once the one before is old enough. `now` in milliseconds since 1970. */
export function addFree(
  before: FreeSpace,
  answers: readonly Answer<readonly [Told<readonly FileSystem[]>]>[],
  now: number,
): Record<string, DiskSeries> {
  const next: Record<string, DiskSeries> = { ...before };
  for (const { node, told } of answers) {
    const [found] = told;
    if (!found.known) continue;
    const known = before[node.name] ?? {};
    next[node.name] = Object.fromEntries(
      found.value.map(({ path, bytes }) => {
        const all = known[path] ?? [];
        const [last, earlier] = [all.at(-1), all.at(-2)];
        const isYoung = last !== undefined && earlier !== undefined && last.at - earlier.at < everyMs;
        return [path, [...(isYoung ? all.slice(0, -1) : all), { at: now, left: bytes.free }].slice(-most)];
      }),
    );
  }
  return next;
}
