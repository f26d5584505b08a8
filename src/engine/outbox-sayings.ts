import type { Saying } from "../core/mouth.ts";
import type { Row } from "./store/port.ts";

/** Characters of detail that are said in one go. */
const together = 2500;

/** Lines that are said in one go: one of them, or some of the log. */
interface Group {
  readonly first: Row;
  /** `seq` of the last one. */
  readonly last: number;
  readonly ids: readonly string[];
  readonly saying: Saying;
}

/** What a row of the outbox says. */
function sayingIn(row: Row): Saying {
  const mentions: unknown = JSON.parse(String(row["mentions"] ?? "[]"));
  const tone = ["log", "news", "result", "file"].find((each) => each === row["tone"]) as Saying["tone"] | undefined;
  return {
    text: String(row["text"]),
    tone: tone ?? "result",
    mentions: Array.isArray(mentions) ? mentions.map(String) : [],
  };
}

/**
 * The lines in order, with detail that follows each other put together. A group whose fate is unknown (`posting` says how
 * far it went) comes again exactly as it was.
 */
export function sayingsIn(rows: readonly Row[]): Group[] {
  const groups: Group[] = [];
  for (const row of rows) {
    const saying = sayingIn(row);
    const before = groups.at(-1);
    const [id, seq] = [String(row["id"]), Number(row["seq"])];
    if (before !== undefined && isOne(before, saying, seq)) {
      const text = `${before.saying.text}\n${saying.text}`;
      groups[groups.length - 1] = { ...before, last: seq, ids: [...before.ids, id], saying: { ...saying, text } };
    } else {
      groups.push({ first: row, last: seq, ids: [id], saying });
    }
  }
  return groups;
}

function isOne({ first, saying }: Group, next: Saying, seq: number): boolean {
  if (saying.tone !== "log" || next.tone !== "log") return false;
  const posting = first["posting"] ?? null;
  if (posting !== null) return seq <= Number(posting);
  return saying.text.length + next.text.length < together;
}
