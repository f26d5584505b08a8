/** `1 node`, `3 nodes`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

const or = new Intl.ListFormat("en", { type: "disjunction" });
const and = new Intl.ListFormat("en", { type: "conjunction" });

/** `a, b, or c`. */
export const anyOf = (items: readonly string[]): string => or.format(items);
/** `a, b, and c`. */
export const allOf = (items: readonly string[]): string => and.format(items);

/** Somebody else's words as one line without what moves the cursor or turns the direction of writing, cut to a length. */
export const oneLine = (words: string, most = 200): string =>
  words
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ")
    .trim()
    .slice(0, most);

/** How long ago, in words: `just now`, `3 min ago`, `5 h ago`, `2 days ago`. */
export function ago(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return `${counted(Math.floor(minutes / (24 * 60)), "day")} ago`;
}

/** How long, in words: `40 s`, `12 min`, `3 h 5 min`, `2 days 4 h`. */
export function lasting(milliseconds: number): string {
  const [seconds, minutes, hours] = [1000, 60_000, 3_600_000].map((unit) => Math.floor(milliseconds / unit)) as [
    number,
    number,
    number,
  ];
  const rest = (count: number, unit: string) => (count === 0 ? "" : ` ${count} ${unit}`);
  if (minutes < 1) return `${seconds} s`;
  if (hours < 1) return `${minutes} min`;
  if (hours < 48) return `${hours} h${rest(minutes % 60, "min")}`;
  return `${counted(Math.floor(hours / 24), "day")}${rest(hours % 24, "h")}`;
}

/** `4.2 s`, `3:07`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** A moment (milliseconds since 1970) as people compare it with their clocks: `14:05 UTC`. */
export const utcMinute = (at: number): string => `${new Date(at).toISOString().slice(11, 16)} UTC`;
