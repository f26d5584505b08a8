import { lineDiff } from "../../src/core/line-diff.ts";
import type { Change } from "../../src/core/operation.ts";

/** A change of a text of several lines (rules, a file) as its differing lines; anything else as it is. */
export function lineByLine(change: Change): Change[] {
  const { field, have, want } = change;
  if (!want.includes("\n")) return [change];
  return lineDiff((have ?? "").split("\n"), want.split("\n")).map(({ sign, line }) =>
    sign === "-" ? { field, have: line, want: "gone" } : { field, have: sign === "~" ? "elsewhere" : null, want: line },
  );
}
