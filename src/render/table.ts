import type { Table } from "../core/table.ts";
import { columns, fit, pad } from "./width.ts";

/**
 * A row by itself: its first cell, and a line `name: value` for each other cell that is not empty. Where there is only
 * one other, nobody has to be told which it is.
 */
interface ListedRow {
  readonly heading: string;
  readonly values: readonly string[];
}

/** A table as it can be read within some columns; each is on its own line and cut nowhere. */
export type LaidTable =
  | { readonly kind: "columns"; readonly head: string; readonly lines: readonly string[] }
  | { readonly kind: "list"; readonly rows: readonly ListedRow[] };

/** In columns where all of it fits beside one another, else row by row: a cell that is cut off tells nothing. */
export function layOut(table: Table, width: number): LaidTable {
  const head = oneLined(table.columns);
  const rows = table.rows.map((row) => oneLined(table.columns.map((_, at) => row[at] ?? "")));
  const widths = head.map((name, at) => Math.max(...[name, ...rows.map((row) => row[at] ?? "")].map(columns)));
  const between = "  ";
  if (widths.reduce((sum, one) => sum + one + between.length, -between.length) > width) {
    return { kind: "list", rows: rows.map((row) => listed(head, row)) };
  }
  const line = (row: readonly string[]) =>
    widths
      .map((one, at) => pad(row[at] ?? "", one))
      .join(between)
      .trimEnd();
  return { kind: "columns", head: line(head), lines: rows.map(line) };
}

const oneLined = (row: readonly string[]): string[] => row.map((cell) => fit(cell, Number.POSITIVE_INFINITY));

function listed([, ...names]: readonly string[], [heading = "", ...cells]: readonly string[]): ListedRow {
  const values = cells.flatMap((cell, at) => {
    const name = names[at] ?? "";
    if (["", "–"].includes(cell.trim())) return [];
    return [name === "" || names.length === 1 ? cell : `${name}: ${cell}`];
  });
  return { heading, values };
}
