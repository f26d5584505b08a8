import type { Drawing, LagDrawing, LagSample, TimelineDrawing, TopologyDrawing } from "../../src/core/drawing.ts";
import { topologyOf } from "../../src/policy/truth/drawing.ts";
import { truth } from "../../src/policy/truth/rows.ts";
import type { Seen } from "../../src/policy/truth/seen.ts";
import { edit, off, seen, split, unreachable, widened } from "../fixtures/seen.ts";

/** 25 November 2026, noon. */
const noon = Date.UTC(2026, 10, 25, 12);
const minute = 60_000;

const topology = (of: Seen): TopologyDrawing => topologyOf(of, truth(of), noon + 5 * minute);

/** Clusters as recordings tell them, with something wrong. */
export const clusters = {
  healthy: topology(seen(["healthy"])),
  degraded: topology(degraded()),
  split: topology(split()),
  unknown: topology(unreachable(unreachable(seen(["healthy"]), "nfs1"), "nfs2")),
};

function degraded(): Seen {
  const units = { known: true, value: { "nginx.service": "active", "php8.2-fpm.service": "failed" } } as const;
  return off(edit(seen(["healthy"]), "web2", { units }), "db2");
}

/** A healthy cluster with so many web servers; the last of them cannot be reached. */
export const wide = (web: number): TopologyDrawing =>
  topology(unreachable(widened(seen(["healthy"]), web), `web${web}`));

/** Two hours, a sample each half minute. */
const samples = (told: (at: number) => LagSample[1]): LagSample[] =>
  Array.from({ length: 241 }, (_, at) => [noon + at * 30_000, told(at)] as const);

/** db2 falls behind, stops, cannot be reached and catches up; db1 is unknown for a while. */
export const lag: LagDrawing = {
  kind: "lag",
  cluster: "demo",
  from: noon,
  to: noon + 120 * minute,
  every: 30_000,
  series: [
    {
      node: "db2",
      samples: samples((at) => {
        if (at < 60) return Math.max(0, Math.round(1 + 2 * Math.sin(at / 5)));
        if (at < 90) return (at - 60) * 3;
        if (at < 110) return "stopped";
        return at < 125 ? null : Math.max(0, 90 - (at - 125) * 2);
      }),
    },
    {
      node: "db1",
      samples: samples((at) => (at > 150 && at < 170 ? null : Math.round(Math.abs(4 * Math.sin(at / 9))))),
    },
  ],
  events: [
    { at: noon + 31 * minute, says: "a backup of db2 began" },
    { at: noon + 46 * minute, says: "db2 stopped replicating" },
    { at: noon + 48 * minute, says: "alice gave /inspect replication demo" },
    { at: noon + 75 * minute, says: "db1 could not be reached" },
  ],
};

type Step = TimelineDrawing["steps"][number];

const step = (title: string, node: string | null, from: number, to: number, state: Step["state"] = "done"): Step => ({
  title: node === null ? title : `${title} on ${node}`,
  node,
  state,
  from: noon + from * 1000,
  to: noon + to * 1000,
});

/** Somebody was waited for, the site did not answer for a while, and the last step failed. */
export const timeline: TimelineDrawing = {
  kind: "timeline",
  title: "/cluster build demo",
  from: noon,
  to: noon + 431_000,
  steps: [
    step("Plan", null, 0, 2),
    step("Approval", null, 2, 300, "asked"),
    step("Check the plan once more", null, 300, 302),
    ...["lb1", "lb2", "web1", "web2", "db1", "db2", "nfs1", "nfs2", "admin1"].flatMap((node, at) => [
      step("Create", node, 302, 310 + at * 2),
      step("Install packages", node, 310 + at * 2, 340 + at * 4),
      step("Firewall", node, 340 + at * 4, 345 + at * 4, node === "db2" ? "open" : "done"),
    ]),
    step("Replicate", "db1", 370, 385),
    step("Replicate", "db2", 372, 392),
    step("Synchronize the disk", "nfs1", 380, 415),
    step("Mount the content", "web1", 415, 420),
    step("Mount the content", "web2", 415, 419),
    step("Prove from outside", null, 420, 431, "failed"),
  ],
  outages: [
    { from: noon + 345_000, to: noon + 352_000, says: "the site did not answer" },
    { from: noon + 390_000, to: noon + 410_000, says: "writes were refused" },
  ],
};

/** A picture of each kind and state. */
export const drawings: Readonly<Record<string, Drawing>> = { ...clusters, wide: wide(8), lag, timeline };
