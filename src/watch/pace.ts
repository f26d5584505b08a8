import type { Cluster } from "../core/cluster.ts";
import type { Time } from "../look/ask.ts";

/**
 * Milliseconds a node may take that usually is quick, and one that did not answer just now. One that hangs is told of within
 * 15 s, also where one look is not enough: it falls silent right after a look, the next one begins 5 s later and gives it
 * 3.5 s, or 6 s with something heavier, and the one after that follows at once with 2 s: 10.5 s in all, or 13 s.
 */
const leastMs = { sound: 3500, silent: 2000 };
/** What a slow node may take at most, and what heavier facts add. */
const mostMs = 10_000;
const heavyMs = 2500;
/** Times as long as it took last. */
const patience = 3;

/** Milliseconds each node took last, by name: slow machines are given more time, or they would look like dead ones. */
export type Pace = Readonly<Record<string, number>>;

/** How long a node may take for its round trip. One that nobody has asked yet may take as long as any. */
export function timeFor(pace: number | undefined, how: "sound" | "silent" | "heavy"): Time {
  const least = how === "silent" ? leastMs.silent : leastMs.sound;
  const quick = Math.min(mostMs, Math.max(least, (pace ?? mostMs) * patience));
  const deadlineMs = quick + (how === "heavy" ? heavyMs : 0);
  // The rest is for the way there and back.
  return { factSeconds: Math.floor((deadlineMs - 500) / 1000), deadlineMs };
}

/**
 * Of all time, what looks may take of a node's at most: a quarter. A healthy node answers in half a second and is looked at
 * every five; a small one under load is left in peace, or the look itself would be what its services time out on.
 */
const share = 0.25;
/** Milliseconds no node goes without a look. */
const longestMs = 30_000;

/**
 * Nodes that are not asked this time, by name: a pair rests as one, because half of it says nothing of who does what.
 * `asked` is when each was asked last, in milliseconds since 1970 as `now`. Whoever did not answer has no rest.
 */
export function restingIn(
  { nodes }: Cluster,
  { pace, asked, silent }: { readonly pace: Pace; readonly asked: Pace; readonly silent: readonly string[] },
  now: number,
): ReadonlySet<string> {
  const rests = nodes.filter(({ name }) => {
    const restMs = Math.min(longestMs, (pace[name] ?? 0) / share);
    return !silent.includes(name) && now - (asked[name] ?? 0) < restMs;
  });
  const roles = new Set(rests.map(({ role }) => role));
  const isAwake = (role: string) => nodes.some((node) => node.role === role && silent.includes(node.name));
  return new Set(nodes.flatMap(({ name, role }) => (roles.has(role) && !isAwake(role) ? [name] : [])));
}

/** A node that did not answer, though nobody else says that it is gone, may only have become slow. */
export const slower = (pace: number | undefined): number => Math.min(mostMs, (pace ?? mostMs) * 1.5);
