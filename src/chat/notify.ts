import { z } from "zod";
import { Name } from "../auth/principals.ts";
import type { Problem, WhoMay } from "../auth/who-may.ts";
import { ClusterName } from "../core/cluster.ts";
import { reaches, severities, topics, type About, type Hours, type Route } from "../core/notice.ts";

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day is like 07:00");

const Timezone = z.string().refine(isTimezone, "a time zone is like Europe/Berlin");

/** Hours in which what is not severe waits. */
const Quiet = z
  .strictObject({
    from: TimeOfDay,
    to: TimeOfDay,
    timezone: Timezone.default("UTC"),
    /** What is less severe than this waits. */
    below: z.enum(["warning", "critical"]).default("critical"),
  })
  .refine(({ from, to }) => from !== to, "the hours end when they begin");

/** A channel that is told of what it did not ask for. */
const Notify = z.strictObject({
  channel: Name,
  on: z.array(z.enum(topics)).min(1),
  /** Nothing less severe. */
  severity: z.enum(severities).default("info"),
  /** Nothing about other clusters; what is about none is told. */
  clusters: z.array(ClusterName).min(1).optional(),
  quiet: Quiet.optional(),
  /** Names of those on call, whose phone rings when it is critical. */
  mention: z.array(Name).default([]),
});
type Notify = z.infer<typeof Notify>;

/** The part of `nonet.yaml` that says who is told of what. */
export const NotifyFile = { notify: z.array(Notify).default([]) };

interface Told {
  readonly notify: readonly Notify[];
  readonly whoMay: Pick<WhoMay, "channels">;
}

/** Channels and people that are named there but nowhere else. */
export function danglingNotify(notify: readonly Notify[], { channels, people }: WhoMay): Problem[] {
  return notify.flatMap(({ channel, mention }, at) => [
    ...(channels.some(({ name }) => name === channel)
      ? []
      : [{ path: ["notify", at, "channel"], message: `there is no channel ${channel}` }]),
    ...mention.flatMap((person, index) =>
      people.some(({ name }) => name === person)
        ? []
        : [{ path: ["notify", at, "mention", index], message: `nobody is called ${person}` }],
    ),
  ]);
}

/** Where the configuration wants to hear of this now, on every platform; consoles hear everything. `at` as in `Date`. */
export function routesFor({ notify, whoMay }: Told, about: About, at: number): Route[] {
  const wanting = Map.groupBy(
    notify.filter((entry) => wants(entry, about)),
    ({ channel }) => channel,
  );
  const inChannels = [...wanting].flatMap(([channel, entries]) => {
    const holding = entries.flatMap(({ quiet }) => (quiet && holds(quiet, about, at) ? [quiet] : []));
    // Of several entries for a channel, the one that does not wait counts.
    const quiet = holding.length === entries.length ? (holding[0] ?? null) : null;
    const mention = [...new Set(entries.flatMap((entry) => entry.mention))];
    return placesOf(whoMay, channel).map((place) => ({ place, quiet, mention }));
  });
  return [{ place: "console", quiet: null, mention: [] }, ...inChannels];
}

function wants({ on, severity, clusters }: Notify, about: About): boolean {
  const { topic, cluster } = about;
  // A run that failed has ended as well.
  const heard = on.some((each) => each === topic || (each === "ended" && topic === "failed"));
  const here = clusters === undefined || cluster === null || clusters.some((each) => each === cluster);
  return heard && here && reaches(about.severity, severity);
}

function placesOf({ channels }: Told["whoMay"], channel: string): string[] {
  return channels
    .filter(({ name }) => name === channel)
    .flatMap(({ slack, discord }) => [
      ...(slack === undefined ? [] : [`slack:${slack}`]),
      ...(discord === undefined ? [] : [`discord:${discord}`]),
    ]);
}

const holds = (quiet: z.infer<typeof Quiet>, { severity }: About, at: number): boolean =>
  !reaches(severity, quiet.below) && isWithin(quiet, at);

/** Whether the clock on the wall says so, in summer as in winter. */
function isWithin({ from, to, timezone }: Hours, at: number): boolean {
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: timezone, hour: "2-digit", minute: "2-digit" });
  const time = clock.format(at);
  return from < to ? from <= time && time < to : time >= from || time < to;
}

function isTimezone(name: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
