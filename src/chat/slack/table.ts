import type { TableBlock } from "@slack/types";
import type { Table } from "../../core/table.ts";
import { oneLine } from "../text.ts";
import { slackSize } from "./blocks.ts";

/** Slack's limits of a table, its head included. */
const mostRows = 100;
const mostColumns = 20;
/** More in one cell is no table for people. */
const mostInCell = 200;

/** A table of Slack's own and what it takes; `undefined` for one that is too large for that. */
export function slackTable(
  { columns, rows }: Table,
  room: number,
): { readonly block: TableBlock; readonly size: number } | undefined {
  if (columns.length === 0 || columns.length > mostColumns || rows.length >= mostRows) return undefined;
  // Every row has as many cells as the head, whatever it was given.
  const cells = [columns, ...rows].map((row) => columns.map((_, at) => row[at] ?? ""));
  if (cells.flat().some((cell) => cell.length > mostInCell)) return undefined;
  const words = cells.map((row) => row.map((cell) => oneLine(cell, mostInCell).trim() || "–"));
  const size = words.flat().reduce((sum, cell) => sum + slackSize(cell) + 1, 0);
  if (size > room) return undefined;
  const block: TableBlock = {
    type: "table",
    rows: words.map((row) => row.map((text) => ({ type: "raw_text", text }))),
  };
  return { block, size };
}
