import { createHash } from "node:crypto";
import type { Line, Point, Sample, Series, Word } from "../core/series.ts";
import type { Row, Sql, Store } from "./store/port.ts";

const [minuteMs, dayMs] = [60_000, 24 * 3600 * 1000];
/**
 * Milliseconds one point covers, and for how long such points are kept. For each number of a node that is
 * 2 * 1440 + 30 * 144 = 7200 points; docs/watch.md says what that comes to on the disk.
 */
const spans = [
  { spanMs: minuteMs, keptMs: 2 * dayMs },
  { spanMs: 10 * minuteMs, keptMs: 30 * dayMs },
] as const;
/** Milliseconds words are kept once another has taken their place. */
const wordsMs = 30 * dayMs;
/** Rows written by one statement: 7 values each, of at most 32,766 that SQLite takes. */
const together = 500;

/** What was seen in one stretch of time, as it is collected. */
interface Bucket {
  readonly series: number;
  readonly at: number;
  readonly low: number;
  readonly high: number;
  readonly total: number;
  readonly count: number;
}

/** Series that can be written to. */
export interface OpenSeries extends Series {
  /** Collects numbers; each minute is written once it is over. `at` in milliseconds since 1970. */
  add(cluster: string, samples: readonly Sample[], at: number): Promise<void>;
  /** Writes what is collected; a process that dies loses the minute it was in. */
  flush(): Promise<void>;
}

/** Opens them. `now` is in milliseconds since 1970. */
export function openSeries(store: Store, now: () => number): OpenSeries {
  const collected = new Map<string, Bucket>();
  const known = new Set<number>();
  const write = async (isDue: (bucket: Bucket) => boolean) => {
    const due = [...collected].filter(([, bucket]) => isDue(bucket));
    for (const [key] of due) collected.delete(key);
    await writeBuckets(
      store,
      due.map(([, bucket]) => bucket),
    );
  };
  return {
    async add(cluster, samples, at) {
      const minute = at - (at % minuteMs);
      await write((bucket) => bucket.at < minute);
      for (const { node, metric, value } of samples) {
        const series = idOf(cluster, node, metric);
        if (!known.has(series)) {
          const values = [series, cluster, node ?? "", metric];
          await store.run("insert into series values (?, ?, ?, ?) on conflict (id) do nothing", values);
          known.add(series);
        }
        const one = { series, at: minute, low: value, high: value, total: value, count: 1 };
        const key = `${series} ${minute}`;
        const before = collected.get(key);
        collected.set(key, before === undefined ? one : merged(before, one));
      }
    },
    flush: () => write(() => true),
    read: (...asked) => read(store, now(), ...asked),
    words: async (cluster, metric, from, to) => {
      const rows = await store.all(
        `select node, at, text from words where cluster = ? and metric = ? and at < ?
           and at >= coalesce((select max(at) from words as earlier where earlier.cluster = words.cluster
             and earlier.metric = words.metric and earlier.node = words.node and earlier.at <= ?), 0)
         order by at, node`,
        [cluster, metric, to, from],
      );
      return rows.map((row) => ({
        ...{ node: nodeOf(row), metric, text: String(row["text"]), at: Number(row["at"]) },
      }));
    },
  };
}

/** Keeps words that are not those that hold; part of a transaction. `at` in milliseconds since 1970. */
export async function writeWords(sql: Sql, cluster: string, words: readonly Word[], at: number): Promise<void> {
  for (const { node, metric, text } of words) {
    const where = [cluster, metric, node ?? ""];
    const last = await sql.get(
      "select text from words where cluster = ? and metric = ? and node = ? order by at desc limit 1",
      where,
    );
    if (last?.["text"] === text) continue;
    await sql.run("insert into words values (?, ?, ?, ?, ?) on conflict (cluster, metric, node, at) do nothing", [
      ...where,
      at,
      text,
    ]);
  }
}

/** Forgets what is older than it is kept. `now` in milliseconds since 1970. */
export async function forgetSeries(store: Store, now: number): Promise<void> {
  for (const { spanMs, keptMs } of spans) {
    await store.run("delete from points where span = ? and at < ?", [spanMs, now - keptMs]);
  }
  await store.run(
    `delete from words where at < ? and exists (select 1 from words as later where later.cluster = words.cluster
       and later.metric = words.metric and later.node = words.node and later.at > words.at and later.at < ?)`,
    [now - wordsMs, now - wordsMs],
  );
  await store.run("delete from series where not exists (select 1 from points where points.series = series.id)");
}

/** Points of the finest span that is still kept from `from` on, put together until they are few enough. */
async function read(
  store: Store,
  now: number,
  ...[cluster, metric, from, to, most]: Parameters<Series["read"]>
): Promise<readonly Line[]> {
  const { spanMs } = spans.find(({ keptMs }) => from >= now - keptMs) ?? spans[1];
  const step = Math.max(1, Math.ceil((to - from) / most / spanMs)) * spanMs;
  const rows = await store.all(
    `select node, at - at % cast(? as bigint) as since, min(low) as low, max(high) as high, sum(total) as total,
       sum(count) as count
     from points join series on series.id = points.series
     where cluster = ? and metric = ? and span = ? and at >= ? and at < ?
     group by node, since order by node, since`,
    [step, cluster, metric, spanMs, from - (from % step), to],
  );
  const lines = Map.groupBy(rows, nodeOf);
  return [...lines].map(([node, own]) => ({ node, points: own.map(pointOf) }));
}

const nodeOf = (row: Row): string | null => (row["node"] === "" ? null : String(row["node"]));

const pointOf = (row: Row): Point => ({
  at: Number(row["since"]),
  low: Number(row["low"]),
  high: Number(row["high"]),
  average: Number(row["total"]) / Number(row["count"]),
});

const merged = (one: Bucket, other: Bucket): Bucket => ({
  ...one,
  low: Math.min(one.low, other.low),
  high: Math.max(one.high, other.high),
  total: one.total + other.total,
  count: one.count + other.count,
});

/** Adds them to what is there of their stretch in each span: another process may have seen a part of it. */
async function writeBuckets(store: Store, buckets: readonly Bucket[]): Promise<void> {
  // A statement may write a row once only.
  const merging = new Map<string, number[]>();
  for (const { spanMs } of spans) {
    const own = Map.groupBy(buckets, ({ series, at }) => `${series} ${at - (at % spanMs)}`);
    for (const [key, some] of own) {
      const { series, at, low, high, total, count } = some.reduce(merged);
      merging.set(`${spanMs} ${key}`, [series, spanMs, at - (at % spanMs), low, high, total, count]);
    }
  }
  const rows = [...merging.values()];
  for (let at = 0; at < rows.length; at += together) {
    const some = rows.slice(at, at + together);
    await store.run(
      `insert into points values ${some.map(() => "(?, ?, ?, ?, ?, ?, ?)").join(", ")}
       on conflict (series, span, at) do update set total = points.total + excluded.total,
         count = points.count + excluded.count,
         low = case when excluded.low < points.low then excluded.low else points.low end,
         high = case when excluded.high > points.high then excluded.high else points.high end`,
      some.flat(),
    );
  }
}

/** 48 bits of a hash, so that all processes call a series the same without asking. */
function idOf(cluster: string, node: string | null, metric: string): number {
  const hash = createHash("sha256").update(JSON.stringify([cluster, node, metric]));
  return hash.digest().readUIntBE(0, 6);
}
