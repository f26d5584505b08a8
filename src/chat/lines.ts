import type { Line } from "./steps.ts";

/** How much room there is and how much each line takes, its line break included. */
interface Room {
  readonly most: number;
  readonly size: (line: Line) => number;
}

/** What is said of the lines that there is no room for. */
export type Rest = (left: number, shown: number) => string;

/** As many lines as there is room for, and where some are left one that says so. Words only those it shows. */
export function linesAndRest<T>(items: readonly T[], word: (item: T) => Line, room: Room, rest: Rest): Line[] {
  const all = firstLines(items, word, room);
  if (all.length === items.length) return all;
  const note = (left: number, shown: number): Line => ({ strong: "", plain: rest(left, shown), isCut: true });
  // Of all it would be the longest.
  const reserved = room.size(note(items.length, 0));
  const some = firstLines(items, word, { ...room, most: room.most - reserved });
  return [...some, note(items.length - some.length, some.length)];
}

function firstLines<T>(items: readonly T[], word: (item: T) => Line, { most, size }: Room): Line[] {
  const lines: Line[] = [];
  let used = 0;
  for (const item of items) {
    const line = word(item);
    used += size(line);
    if (used > most) break;
    lines.push(line);
  }
  return lines;
}
