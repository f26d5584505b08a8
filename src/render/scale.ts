import { duration, utcMinute } from "../core/words.ts";

/** Steps people count time in, in seconds. */
const seconds = [1, 2, 5, 10, 15, 30];
const minutes = seconds.map((step) => step * 60);
const hours = [1, 2, 3, 6, 12].map((step) => step * 3600);
const days = [1, 2, 7, 14, 30].map((step) => step * 86_400);
const timeSteps = [...seconds, ...minutes, ...hours, ...days];

/** The finest step of time, in seconds, that divides a span into no more than so many parts. */
export function timeStep(span: number, parts: number): number {
  return (
    timeSteps.find((step) => span / step <= parts) ?? 30 * 86_400 * Math.max(1, Math.ceil(span / (30 * 86_400 * parts)))
  );
}

/** Whole multiples of a step from one number to another. */
export function ticksBetween(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step);
  const count = Math.max(0, Math.min(100, Math.floor(to / step) - first + 1));
  return Array.from({ length: count }, (_, at) => (first + at) * step);
}

/** Beside an axis with such steps: in the same unit all along, but for what is a whole of the next. */
export const axisWords = (span: number, step: number): string => (step < 60 ? `${span} s` : spanWords(span));

/** `30 s`, `90 s`, `5 min`, `2 h`. */
export function spanWords(span: number): string {
  if (span < 60 || span % 60 !== 0) return span < 120 ? `${tenths(span)} s` : `${tenths(span / 60)} min`;
  if (span < 3600 || span % 3600 !== 0) return `${tenths(span / 60)} min`;
  return span % 86_400 === 0 ? `${span / 86_400} d` : `${tenths(span / 3600)} h`;
}

const tenths = (value: number): string => String(Math.round(value * 10) / 10);

/** `14:05`, at a day's beginning `26 Nov`; in UTC. */
export function clockWords(at: number, step: number): string {
  const iso = new Date(at).toISOString();
  if (at % 86_400_000 === 0) return dayWords(at);
  return step < 60 ? iso.slice(11, 19) : iso.slice(11, 16);
}

const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const dayWords = (at: number): string => dayFormat.format(new Date(at));

/** `25 Nov 2026, 14:05 UTC`. */
export const utcMoment = (at: number): string => `${dayWords(at)} ${new Date(at).getUTCFullYear()}, ${utcMinute(at)}`;

/** From when to when: `25 Nov 2026, 14:05 to 16:05 UTC`. */
export function utcSpan(from: number, to: number): string {
  if (utcMoment(from) === utcMoment(to)) return utcMoment(from);
  const sameDay = Math.floor(from / 86_400_000) === Math.floor(to / 86_400_000);
  return `${utcMoment(from).replace(/ UTC$/, "")} to ${sameDay ? utcMinute(to) : utcMoment(to)}`;
}

/** How long something took: `0.4 s`, `11 s`, `3:07`, `2:03:07`. */
export function elapsedWords(milliseconds: number): string {
  const whole = Math.floor(Math.max(0, milliseconds) / 1000);
  if (whole < 60) return milliseconds % 1000 === 0 ? `${whole} s` : duration(milliseconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours === 0 ? `${minutes}:${two(whole % 60)}` : `${hours}:${two(minutes)}:${two(whole % 60)}`;
}
