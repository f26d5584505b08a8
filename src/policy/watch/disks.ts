import type { Told } from "../../core/fact.ts";
import type { Severity } from "../../core/notice.ts";
import type { FileSystem } from "../../ops/facts/file-systems.ts";
import type { Concern } from "./concern.ts";
import { judged, looked, type Looked } from "./looked.ts";
import { hoursLeft, type Sample } from "./trend.ts";

const gib = 2 ** 30;
/**
 * Free space below which it is too little: a share of small file systems, and of large ones no more than this many
 * bytes, because a tenth of a terabyte is nothing to wake anybody for. The monitoring warns at the same shares.
 */
const limits = [
  { severity: "critical", share: 0.05, bytes: 5 * gib },
  { severity: "warning", share: 0.1, bytes: 20 * gib },
] as const;
/** Hours until it is full, below which it is time to do something. */
const soon = [
  { severity: "critical", hours: 4 },
  { severity: "warning", hours: 24 },
] as const;

/** Free space of a node's file systems at earlier looks and now, by path: what a trend is made of. */
export type DiskSeries = Readonly<Record<string, readonly Sample[]>>;

/** What is filling up, and what cannot be written any more. Keys begin with `disk NODE PATH`. */
export function judgeDisks(name: string, told: Told<readonly FileSystem[]>, series: DiskSeries = {}): Looked {
  return judged(told, name, `disk ${name}`, (found) =>
    looked(
      found.flatMap((one) => [
        ...writing(name, one),
        ...space(name, one, series[one.path] ?? []),
        ...inodes(name, one),
      ]),
    ),
  );
}

function writing(name: string, { path, device, writable }: FileSystem): Concern[] {
  if (writable !== "lost") return [];
  return [
    {
      key: `disk ${name} ${path} read-only`,
      severity: "critical",
      title: `${path} of ${name} is read-only`,
      text: "The kernel does that when the disk below fails. Read the kernel's messages on the node before anything else.",
      facts: [["device", device]],
      next: null,
    },
  ];
}

function space(name: string, { path, device, bytes, writable }: FileSystem, samples: readonly Sample[]): Concern[] {
  if (writable === "no") return [];
  const hours = hoursLeft(samples);
  const short = limits.find((limit) => bytes.free < Math.min(bytes.total * limit.share, limit.bytes))?.severity;
  const fills = hours === null ? undefined : soon.find((limit) => hours < limit.hours)?.severity;
  const severity = [short, fills].includes("critical") ? "critical" : (short ?? fills);
  if (severity === undefined) return [];
  const when = hours === null || fills === undefined ? "" : `, full in about ${inHours(hours)}`;
  return [
    {
      key: `disk ${name} ${path}`,
      severity,
      title: `${path} of ${name} is ${percent(bytes)} % full${when}`,
      text: "When it is full, databases stop and nothing is logged any more. Look at what grows, or give it more space.",
      facts: [
        ["left", `${size(bytes.free)} of ${size(bytes.total)}`],
        ["device", device],
      ],
      next: null,
      // A large file that comes and goes is no trend.
      ...(short === undefined && { looks: 2 }),
    },
  ];
}

function inodes(name: string, { path, device, inodes: all, writable }: FileSystem): Concern[] {
  const severity: Severity | undefined =
    all === null || writable === "no" ? undefined : limits.find(({ share }) => all.free < all.total * share)?.severity;
  if (all === null || severity === undefined) return [];
  return [
    {
      key: `disk ${name} ${path} inodes`,
      severity,
      title: `${path} of ${name} has ${percent(all)} % of its inodes in use`,
      text: "Without inodes no file can be made, however much space is left. Look for folders with very many small files.",
      facts: [
        ["left", `${all.free} of ${all.total}`],
        ["device", device],
      ],
      next: null,
    },
  ];
}

/** As `df` has it: rounded up, so that 100 is full and nothing else. */
export const percent = ({ total, free }: { readonly total: number; readonly free: number }): number =>
  Math.min(free > 0 ? 99 : 100, Math.ceil(((total - free) / total) * 100));

function inHours(hours: number): string {
  if (hours < 1) return `${Math.max(1, Math.round(hours * 60))} min`;
  return `${Math.round(hours)} h`;
}

/** `1.7 GB`. */
function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** step).toFixed(step > 2 ? 1 : 0)} ${units[step] ?? ""}`;
}
