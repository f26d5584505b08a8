/** How much was left of something at a moment (milliseconds since 1970). */
export interface Sample {
  readonly at: number;
  readonly left: number;
}

/** Fewer samples, or all of them within a shorter time, make no trend. */
const leastSamples = 4;
const leastMs = 30 * 60_000;

/**
 * Hours until nothing is left, if it goes on as in these samples; `null` when it does not go down. A straight line
 * through all of them and one through the later half: the slower of the two counts, so that one large file does not
 * look like a leak, once it is half as old as the series.
 */
export function hoursLeft(samples: readonly Sample[]): number | null {
  const series = samples.toSorted((a, b) => a.at - b.at);
  const [first, last] = [series[0], series.at(-1)];
  if (first === undefined || last === undefined) return null;
  if (series.length < leastSamples || last.at - first.at < leastMs) return null;
  const perMs = Math.max(slope(series), slope(series.slice(Math.floor(series.length / 2))));
  if (!(perMs < 0)) return null;
  return last.left / -perMs / 3_600_000;
}

/** Least squares: what is gained each millisecond. */
function slope(series: readonly Sample[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [at, left] = [mean(series.map((one) => one.at)), mean(series.map((one) => one.left))];
  const over = series.reduce((sum, one) => sum + (one.at - at) * (one.left - left), 0);
  return over / series.reduce((sum, one) => sum + (one.at - at) ** 2, 0);
}
