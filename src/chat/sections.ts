import { readAction } from "../core/action.ts";
import type { Card } from "../core/card.ts";
import { shortId } from "../core/left.ts";
import type { Table } from "../core/table.ts";
import { counted } from "../core/words.ts";
import { layOut } from "../render/table.ts";
import { linesAndRest, type Rest } from "./lines.ts";
import type { Paper } from "./paper.ts";
import { stepItems, type Line } from "./steps.ts";
import { cutLine, oneLine, type Size } from "./text.ts";

/** A part of a card: how it looks within some room, and how much of all room is its own. */
export interface Section {
  readonly share: number;
  readonly fit: (room: number) => readonly Line[];
  readonly size: (line: Line) => number;
}

type Name = "question" | "diff" | "verdict" | "steps" | "facts" | "table" | "rows" | "text";

/** What one line may take of the room there is; a question and a verdict may be longer. */
const longestLine = (room: number): number => Math.min(400, Math.floor(room * 0.6));
/** Tables are for looking at; who wants more takes the console. */
const mostRows = 40;
const mostColumns = 10;
const mostInCell = 160;

/** The parts of a card. */
export function sectionsOf(card: Card, paper: Paper): Readonly<Record<Name, Section>> {
  const prose = ({ strong, plain }: Line) => paper.prose(strong) + paper.prose(plain) + paper.markup;
  const code = ({ plain }: Line) => paper.code(plain) + 1;
  const listed = (line: Line) => (line.strong === "" ? paper.prose(line.plain) + 1 : prose(line));
  const table = card.table === null ? null : readable(card.table, paper);
  return {
    question: { share: 0.28, size: prose, fit: fitQuestion(card, paper, prose) },
    diff: { share: 0.2, size: code, fit: fitLines(deletionsFirst(card.diff), paper.code, code) },
    verdict: { share: 0.13, size: prose, fit: fitVerdict(card, paper) },
    steps: { share: 0.13, size: prose, fit: fitSteps(card, paper, prose) },
    facts: { share: 0.1, size: prose, fit: fitFacts(card, paper, prose) },
    // One of the next two is empty.
    table: { share: 0.08, size: code, fit: fitColumns(table, code) },
    rows: { share: 0.08, size: listed, fit: fitRows(table, paper, listed) },
    text: { share: 0.08, size: code, fit: fitText(card, paper, code) },
  };
}

/** Where all of a card can be seen that has no room for it. */
export function noticeOf({ actions, facts }: Card): string {
  const plan = actions.find(({ id }) => readAction(id)?.deed === "plan");
  if (plan !== undefined) return `✂ This is not all. “${oneLine(plan.label, 40)}” shows the whole.`;
  const id = /^[0-9a-f-]{8,36}/.exec(facts.find(([name]) => name === "run")?.[1] ?? "")?.[0];
  const how = id === undefined ? "give the command there" : `npm run nonet -- '/runs show ${shortId(id)}'`;
  return `✂ This is not all. The console shows the whole: ${how}`;
}

type Fit = Section["fit"];
type Sized = Section["size"];

function fitQuestion({ question }: Card, paper: Paper, size: Sized): Fit {
  if (question === null) return () => [];
  const details = deletionsFirst(question.details);
  return (room) => {
    const kept = details.length === 0 ? 0 : Math.min(room / 3, 200);
    const { line, isCut } = cutLine(question.text, Math.floor(room - kept - paper.markup), paper.prose);
    const text = { strong: line, plain: "", isCut };
    return [text, ...fitLines(details, paper.prose, size)(room - size(text))];
  };
}

const fitVerdict =
  ({ verdict }: Card, paper: Paper): Fit =>
  (room) => {
    if (verdict === "") return [];
    const { line, isCut } = cutLine(verdict, room - paper.markup, paper.prose);
    return [{ strong: line, plain: "", isCut }];
  };

function fitSteps(card: Card, { now }: Paper, size: Sized): Fit {
  const items = stepItems(card);
  const rest: Rest = (left) => `… ${counted(left, "line")} more of the checklist`;
  return (most) => linesAndRest(items, (item) => item(now), { most, size }, rest);
}

function fitFacts({ facts }: Card, paper: Paper, size: Sized): Fit {
  const others = facts.filter(([name]) => name !== "run");
  return (most) => {
    const word = ([name, value]: readonly [string, string]): Line => {
      const { line, isCut } = cutLine(value, longestLine(most), paper.prose);
      return { strong: oneLine(name, 40), plain: `  ${line}`, isCut };
    };
    return linesAndRest(others, word, { most, size }, (left) => `… ${counted(left, "fact")} more`);
  };
}

/** What fails or runs is looked at for its end, what is done for its beginning. */
function fitText({ text, state }: Card, paper: Paper, size: Sized): Fit {
  const fromEnd = state === "failed" || state === "running";
  const whole = (text ?? "").trimEnd();
  const lines = whole === "" ? [] : whole.split(/\r\n?|\n/);
  if (fromEnd) lines.reverse();
  const rest: Rest = (left) => `… ${counted(left, "line")} more ${fromEnd ? "above" : "below"}`;
  return (most) => {
    const shown = linesAndRest(lines, plainLine(most, paper.code), { most, size }, rest);
    return fromEnd ? shown.toReversed() : shown;
  };
}

/** What can be shown of a table at all, laid out, and how many rows and columns cannot. */
function readable(table: Table, { columns }: Paper) {
  let isCut = table.rows.length > mostRows || table.columns.length > mostColumns;
  const cells = (row: readonly string[]) =>
    row.slice(0, mostColumns).map((cell) => {
      const cut = cutLine(cell, mostInCell);
      isCut ||= cut.isCut;
      return cut.line;
    });
  const part = { columns: cells(table.columns), rows: table.rows.slice(0, mostRows).map(cells) };
  const hiddenRows = Math.max(0, table.rows.length - mostRows);
  const hiddenColumns = Math.max(0, table.columns.length - mostColumns);
  const beyond = [
    ...(hiddenRows === 0 ? [] : [`… ${counted(hiddenRows, "row")} more`]),
    ...(hiddenColumns === 0 ? [] : [`… ${counted(hiddenColumns, "column")} more`]),
  ];
  return { laid: layOut(part, columns), hiddenRows, beyond, isCut };
}

type Readable = ReturnType<typeof readable> | null;

function fitColumns(table: Readable, size: Sized): Fit {
  if (table?.laid.kind !== "columns") return () => [];
  const { laid, beyond, hiddenRows, isCut } = table;
  const lines = [laid.head, ...laid.lines, ...beyond];
  const word = (plain: string): Line => ({ strong: "", plain, isCut });
  const rest: Rest = (left) => `… ${counted(Math.max(0, left - beyond.length) + hiddenRows, "row")} more`;
  return (most) => linesAndRest(lines, word, { most, size }, rest);
}

/** Of a row that is not shown whole it is said that there is more, as of one that is not shown at all. */
function fitRows(table: Readable, { prose }: Paper, size: Sized): Fit {
  if (table?.laid.kind !== "list") return () => [];
  const { beyond, hiddenRows, isCut } = table;
  const { rows } = table.laid;
  const lines = rows.flatMap(({ heading, values }) => [
    { strong: heading, plain: "" },
    ...values.map((plain) => ({ strong: "", plain })),
  ]);
  const ends = rows.map((_, at) => rows.slice(0, at + 1).reduce((sum, { values }) => sum + values.length + 1, 0));
  const all = [...lines, ...beyond.map((plain) => ({ strong: "", plain }))];
  const rest: Rest = (_, shown) => {
    const whole = ends.filter((end) => end <= shown).length;
    return `… ${counted(rows.length - whole + hiddenRows, "row")} more`;
  };
  return (most) => {
    const word = ({ strong, plain }: Line): Line => {
      const name = cutLine(strong, longestLine(most), prose);
      const value = cutLine(plain, longestLine(most), prose);
      return { strong: name.line, plain: value.line, isCut: isCut || name.isCut || value.isCut };
    };
    return linesAndRest(all, word, { most, size }, rest);
  };
}

const plainLine =
  (room: number, size: Size) =>
  (text: string): Line => {
    const { line, isCut } = cutLine(text, longestLine(room), size);
    return { strong: "", plain: line, isCut };
  };

/** Lines that begin with their deletions, as many as there is room for. */
const fitLines =
  (lines: readonly string[], count: Size, size: Sized): Fit =>
  (most) =>
    linesAndRest(lines, plainLine(most, count), { most, size }, restOf(lines));

/** Whether a line is shown with a minus first. */
const isDeletion = (line: string): boolean => (/^[-+~ ]/.test(line) ? line : oneLine(line, 100)).startsWith("-");

/** Nothing may hide what would be gone. */
const deletionsFirst = (lines: readonly string[]): readonly string[] => [
  ...lines.filter(isDeletion),
  ...lines.filter((line) => !isDeletion(line)),
];

/** What is not shown of lines that begin with their deletions. */
function restOf(lines: readonly string[]): Rest {
  const deletions = lines.filter(isDeletion).length;
  return (left, shown) => {
    const hidden = Math.max(0, deletions - shown);
    return `… ${counted(left, "line")} more${hidden === 0 ? "" : `, ${hidden} of them deletions`}`;
  };
}
