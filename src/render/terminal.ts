import { styleText } from "node:util";
import type { Card, CardQuestion, CardState, CardStep } from "../core/card.ts";
import type { Table } from "../core/table.ts";
import { layOut } from "./table.ts";
import { duration } from "../core/words.ts";
import { altOf } from "./draw.ts";
import { columns, fit, pad } from "./width.ts";

/** How a terminal is drawn on. */
export interface TerminalStyle {
  /** Columns. */
  readonly width: number;
  readonly color: boolean;
  /** Milliseconds since 1970; elapsed times count up to it. */
  readonly now: number;
}

/** Shape and colour both tell the state, for people who do not see one of them. */
export const marks: Record<CardState, readonly [mark: string, color: "green" | "red" | "yellow" | "cyan" | "gray"]> = {
  waiting: ["·", "gray"],
  running: ["▸", "cyan"],
  asking: ["?", "yellow"],
  done: ["✓", "green"],
  failed: ["✗", "red"],
};

/** A card as lines of text, none wider than the terminal. */
export function cardLines(card: Card, style: TerminalStyle): string[] {
  const paint = painter(style);
  const [mark, color] = marks[card.state];
  const elapsed = card.startedAt === null ? "" : duration((card.endedAt ?? style.now) - card.startedAt);
  return [
    `${paint(color, mark)} ${paint("bold", fit(card.title, style.width - 12))}  ${paint("gray", elapsed)}`,
    ...card.facts.map(([name, value]) => `  ${paint("gray", pad(name, 10))} ${fit(value, style.width - 14)}`),
    ...card.checklist.map((step) => stepLine(step, style)),
    ...(card.table === null ? [] : tableLines(card.table, style)),
    ...card.diff.map((line) => paint(diffColor(line), `  ${fit(line, style.width - 2)}`)),
    ...(card.picture === null ? [] : wrap(altOf(card.picture), style.width - 2).map((line) => `  ${line}`)),
    ...(card.text === null ? [] : card.text.split("\n").map((line) => `  ${line}`)),
    ...(card.verdict === "" ? [] : [...wrap(card.verdict, style.width - 2).map((line) => paint(color, `  ${line}`))]),
    ...(card.question === null ? [] : questionLines(card.question, style).map((line) => paint("yellow", line))),
  ];
}

// The sign at the beginning of the line says the same.
const diffColors = { "+": "green", "-": "red", "~": "yellow" } as const;
const diffColor = (line: string) => Object.entries(diffColors).find(([sign]) => line.startsWith(sign))?.[1] ?? "gray";

/** What is asked, whole: who answers must have seen all of it. */
export function questionLines({ text, details }: CardQuestion, { width }: TerminalStyle): string[] {
  const lines = [...details.map((line) => `  ${line}`), ...wrap(text, width - 4)];
  return lines.map((line) => `  ${fit(line, width - 2)}`);
}

/** One step: mark, title, what it says, and how long it took. */
export function stepLine(step: CardStep, style: TerminalStyle): string {
  const paint = painter(style);
  const [mark, color] = marks[step.state];
  const time = step.startedAt === null ? "" : duration((step.endedAt ?? style.now) - step.startedAt);
  const usual = step.state === "running" && step.usualMs !== null ? ` of about ${duration(step.usualMs)}` : "";
  const title = pad(fit(step.title, 34), 34);
  const room = style.width - 34 - columns(time + usual) - 7;
  return `  ${paint(color, mark)} ${title} ${pad(fit(step.sentence, room), room)} ${paint("gray", time + usual)}`.trimEnd();
}

/** As much of one cell as anybody reads, in lines. */
const mostOfCell = 3;

/** A table in columns, or row by row where it is wider than the terminal. */
export function tableLines(table: Table, style: TerminalStyle): string[] {
  const paint = painter(style);
  const laid = layOut(table, style.width - 2);
  if (laid.kind === "columns") return [paint("gray", `  ${laid.head}`), ...laid.lines.map((line) => `  ${line}`)];
  const broken = (text: string, indent: number) => {
    const room = style.width - indent;
    return wrap(fit(text, mostOfCell * room), room).map((line) => " ".repeat(indent) + fit(line, room));
  };
  return laid.rows.flatMap(({ heading, values }) => [
    ...broken(heading, 2).map((line) => paint("bold", line)),
    ...values.flatMap((value) => broken(value, 4)),
  ]);
}

/** Breaks text at spaces. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && columns(line) + columns(word) + 1 > width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function painter({ color }: TerminalStyle) {
  return (format: "bold" | "green" | "red" | "yellow" | "cyan" | "gray", text: string): string =>
    color && text !== "" ? styleText(format, text, { validateStream: false }) : text;
}
