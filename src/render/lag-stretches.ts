import type { LagDrawing, LagSample, LagSeries } from "../core/drawing.ts";

/** A time in which the same kind of thing was told of a replica. */
export interface Stretch {
  readonly kind: "known" | "stopped" | "unknown";
  readonly from: number;
  readonly to: number;
  /** Seconds behind, where they are known. */
  readonly points: readonly (readonly [at: number, seconds: number])[];
}

/** The whole time of a picture, cut where what is known changes; silence between two samples is unknown. */
export function stretchesOf({ from, to, every }: LagDrawing, { samples }: LagSeries): Stretch[] {
  const found: (Stretch & { to: number; points: [number, number][] })[] = [];
  const add = (next: Stretch & { points: [number, number][] }): void => {
    const last = found.at(-1);
    if (next.to < next.from || (next.to === next.from && next.points.length === 0)) return;
    if (last?.kind !== next.kind) return void found.push(next);
    last.to = next.to;
    last.points.push(...next.points);
  };
  const silence = (start: number, end: number) => add({ kind: "unknown", from: start, to: end, points: [] });
  const inside = samples.filter(([at]) => at >= from && at <= to);
  const first = inside[0]?.[0] ?? to;
  if (first - from > 2 * every || inside.length === 0) silence(from, first);
  for (const [index, [at, behind]] of inside.entries()) {
    const next = inside[index + 1]?.[0] ?? to;
    const until = next - at > 2 * every ? at + every : next;
    add({ kind: kindOf(behind), from: at, to: until, points: typeof behind === "number" ? [[at, behind]] : [] });
    if (until < next) silence(until, next);
  }
  return found;
}

const kindOf = (behind: LagSample[1]): Stretch["kind"] =>
  behind === null ? "unknown" : behind === "stopped" ? "stopped" : "known";
