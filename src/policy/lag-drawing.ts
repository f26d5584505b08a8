import type { LagDrawing, LagSample } from "../core/drawing.ts";
import type { Line, Word } from "../core/series.ts";

/** A word and since when it holds; milliseconds since 1970. */
type Dated = Word & { readonly at: number };

/**
 * What the watch saw of replication, as a picture. The highest lag of each stretch counts, because a peak is what people
 * look for; where it stood still, it stood still.
 */
export function lagDrawing(
  frame: Omit<LagDrawing, "kind" | "series" | "events">,
  seen: { readonly lines: readonly Line[]; readonly running: readonly Dated[]; readonly writers: readonly Dated[] },
): LagDrawing {
  const { lines, running, writers } = seen;
  const nodes = [...new Set([...lines, ...running].flatMap(({ node }) => node ?? []))].toSorted();
  return {
    kind: "lag",
    ...frame,
    series: nodes.map((node) => {
      const told = (lines.find((line) => line.node === node)?.points ?? []).map(({ at, high }): LagSample => [
        at,
        high,
      ]);
      const still = stopped(
        frame,
        running.filter((word) => word.node === node),
      );
      return { node, samples: [...told, ...still].toSorted(([a], [b]) => a - b) };
    }),
    // The first is who was it when nobody had looked yet.
    events: writers.slice(1).map(({ text, at }) => ({ at, says: `${text} became the writer` })),
  };
}

/** A sample for each stretch in which it did not replicate, and for the moment it stopped. */
function stopped({ from, to, every }: Pick<LagDrawing, "from" | "to" | "every">, words: readonly Dated[]): LagSample[] {
  return words.flatMap(({ text, at }, index) => {
    if (text !== "stopped") return [];
    const [begin, end] = [Math.max(at, from), words[index + 1]?.at ?? to];
    const count = Math.max(1, Math.ceil((end - begin) / every));
    return Array.from({ length: count }, (_, step): LagSample => [begin + step * every, "stopped"]);
  });
}
