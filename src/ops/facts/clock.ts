import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";
import { unreadable } from "./unreadable.ts";

/** What a machine's clock says, and what chrony thinks of it. Times are milliseconds since 1970. */
export interface ClockState {
  /** By its own clock. */
  readonly at: number;
  /** Whether chrony runs. */
  readonly kept: boolean;
  /** What chrony follows, by how many seconds the clock is off it, and when it heard of it last; `null`: nothing. */
  readonly follows: { readonly source: string; readonly seconds: number; readonly heardAt: number } | null;
}

/** A machine's clock. */
export const clockState: Fact<ClockState> = {
  name: "clock",
  script: sh`chronyc -n -c tracking || echo down
date +%s%3N
echo complete`,
  parse(output) {
    const [, chrony = "", at] = /^([\s\S]*)\n(\d{13})\ncomplete\n$/.exec(output) ?? [];
    if (at === undefined) throw unreadable("The node did not tell its time.");
    const down = chrony.endsWith("down");
    return { at: Number(at), kept: !down, follows: down ? null : followedBy(chrony) };
  },
};

// chrony 4.3: id, name, stratum, time of the last update, offset, eight figures, and what it thinks of leap seconds.
const tracking =
  /^[0-9A-F]{8},([\w.:-]*),\d+,(\d+\.\d+),(-?\d+\.\d+)(?:,-?\d+\.\d+){8},(Normal|Insert second|Delete second|Not synchronised)$/;

function followedBy(line: string): ClockState["follows"] {
  const [, source, heard, offset, leap] = tracking.exec(line) ?? [];
  if (source === undefined || leap === undefined) throw unreadable(`chronyc tells “${line.slice(0, 120)}”.`);
  // Without a name it is its own clock that it follows.
  if (leap === "Not synchronised" || source === "") return null;
  return { source, seconds: Math.abs(Number(offset)), heardAt: Math.round(Number(heard) * 1000) };
}
