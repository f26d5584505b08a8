import type { Fact } from "../../core/fact.ts";
import { raw, sh } from "../../core/shell.ts";

/** Lines and bytes of a journal that anybody reads in a chat. */
const mostLines = 200;
const mostBytes = 60_000;

/** The last lines of a node's journal: of one unit, or else of everything that is a warning or worse. */
export function lastLogs(unit: string | undefined): Fact<readonly string[]> {
  const which = unit === undefined ? sh`--priority=warning` : sh`--unit=${unit}`;
  return {
    name: "logs",
    script: sh`journalctl ${raw(which)} --lines=${mostLines} --no-pager --quiet --output=short-iso | tail -c ${mostBytes}`,
    parse: (output) => output.split("\n").map(tidy).filter(Boolean),
    query: unit ?? null,
  };
}

/** What follows a word for a secret is hidden, also where Nonet does not know it: logs hold what anybody wrote. */
const secret =
  /\b(pass(?:word|wd|phrase)?|secret|token|api[_-]?key|authorization|IDENTIFIED BY)\b(["']?\s*[:=]?\s*)(?:Bearer\s+)?("[^"]*"|'[^']*'|[^\s,;]+)/gi;

/** One line without control characters and without what looks like a secret, at most 500 characters. */
const tidy = (line: string): string =>
  line
    // oxlint-disable-next-line no-control-regex -- taking them out is the point
    .replaceAll(/\u001B\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, "")
    .replaceAll(secret, "$1$2••••")
    .slice(0, 500);
