import type { LagDrawing, LagSeries } from "../core/drawing.ts";
import { utcMinute } from "../core/words.ts";
import { stretchesOf, type Stretch } from "./lag-stretches.ts";
import { spanWords, utcSpan } from "./scale.ts";

/** A picture of replication lag in words. */
export function lagWords(drawing: LagDrawing): string[] {
  const { cluster, from, to, series, events } = drawing;
  return [
    `Replication lag of ${cluster}, ${utcSpan(from, to)}.`,
    ...series.map((one) => seriesWords(drawing, one)),
    ...(events.length === 0 ? [] : [`Events: ${events.map(({ at, says }) => `${utcMinute(at)} ${says}`).join("; ")}.`]),
  ];
}

function seriesWords(drawing: LagDrawing, series: LagSeries): string {
  const stretches = stretchesOf(drawing, series);
  const points = stretches.flatMap((stretch) => stretch.points);
  const high = points.reduce((top, point) => (point[1] > top[1] ? point : top), points[0] ?? [0, 0]);
  const known =
    points.length === 0
      ? "nothing is known"
      : `at most ${spanWords(high[1])} behind (${utcMinute(high[0])}), ${spanWords(points.at(-1)?.[1] ?? 0)} when last seen`;
  const spans = (kind: Stretch["kind"], words: string) => {
    const some = stretches.filter((stretch) => stretch.kind === kind);
    const times = some.map((stretch) => `${utcMinute(stretch.from).replace(" UTC", "")}-${utcMinute(stretch.to)}`);
    return times.length === 0 ? "" : `; ${words} ${times.join(", ")}`;
  };
  return `${series.node}: ${known}${spans("stopped", "replication stopped")}${spans("unknown", "not known")}.`;
}
