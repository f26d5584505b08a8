import { z } from "zod";
import { longestMuteMs, type Mute } from "../../src/core/watch.ts";
import { lasting, utcMinute } from "../../src/core/words.ts";

const units = { m: 60_000, h: 3_600_000, d: 24 * 3_600_000 } as const;

/** How long, as people type it: `30m`, `2h`, `1d`. Milliseconds. */
export const Duration = z
  .string()
  .regex(/^[1-9]\d{0,3}[mhd]$/, "how long is like 30m, 2h or 1d")
  .describe("how long: 30m, 2h, 1d; 7d at most")
  .transform((text) => Number(text.slice(0, -1)) * units[text.at(-1) as keyof typeof units])
  .refine((milliseconds) => milliseconds <= longestMuteMs, "a mute ends after 7 days at the latest");

/** First words of the keys of concerns; `null` for all. */
export const KeyWords = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .describe("all, or the first words of what /watch status calls it: “database lag”")
  .transform((text) => (text === "all" ? null : text));

/** `prod is muted until 16:03 UTC (for 2 h) by alice: new disk`. `now` in milliseconds since 1970. */
export function describeMute({ cluster, about, until, actor, reason }: Mute, now: number): string {
  const what = about === null ? `${cluster} is muted` : `“${about}” of ${cluster} is muted`;
  return `${what} until ${utcMinute(until)} (for ${lasting(Math.max(0, until - now))}) by ${actor}: ${reason.replaceAll(/\s+/g, " ")}`;
}
