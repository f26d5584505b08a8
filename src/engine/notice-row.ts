import type { CardAction } from "../core/action.ts";
import { severities, topics, type Notice } from "../core/notice.ts";
import type { Table } from "../core/table.ts";
import type { Row } from "./store/port.ts";

/** A row of the table `notices`. */
export function noticeOf(row: Row): Notice {
  return {
    id: String(row["id"]),
    key: String(row["key"]),
    topic: topics.find((each) => each === row["topic"]) ?? "digest",
    severity: severities.find((each) => each === row["severity"]) ?? "info",
    cluster: textOf(row["cluster"]),
    title: String(row["title"]),
    text: String(row["text"]),
    facts: JSON.parse(String(row["facts"])) as Notice["facts"],
    actions: JSON.parse(String(row["actions"])) as readonly CardAction[],
    next: JSON.parse(String(row["offers"])) as Notice["next"],
    table: JSON.parse(textOf(row["listing"]) ?? "null") as Table | null,
    actor: textOf(row["actor"]),
    runId: textOf(row["run_id"]),
    count: Number(row["count"]),
    firstAt: Number(row["first_at"]),
    lastAt: Number(row["last_at"]),
    open: Number(row["open"]) === 1,
    acknowledgedBy: textOf(row["acknowledged_by"]),
    acknowledgedAt: numberOf(row["acknowledged_at"]),
    resolvedAt: numberOf(row["resolved_at"]),
    seq: Number(row["seq"]),
  };
}

type Cell = Row[string] | undefined;
const textOf = (value: Cell): string | null => (value === null || value === undefined ? null : String(value));
const numberOf = (value: Cell): number | null => (value === null || value === undefined ? null : Number(value));
