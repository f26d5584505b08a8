import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Card } from "../../src/core/card.ts";
import { duration } from "../../src/core/words.ts";
import { pngOf } from "../../src/render/draw.ts";
import { terminalFont } from "../../src/render/font.ts";
import { terminalSvg } from "../../src/render/terminal-svg.ts";
import { cardLines, tableLines } from "../../src/render/terminal.ts";
import { columns, fit } from "../../src/render/width.ts";

const card = (change: Partial<Card>): Card => ({
  title: "/cluster status demo",
  state: "done",
  verdict: "consistent",
  facts: [],
  checklist: [],
  question: null,
  table: null,
  text: null,
  diff: [],
  picture: null,
  actions: [],
  startedAt: 0,
  endedAt: 1500,
  ...change,
});
const style = { width: 100, color: false, now: 2000 };

it("shows mark, title, time and verdict", () => {
  expect(cardLines(card({}), style)).toEqual(["✓ /cluster status demo  1.5 s", "  consistent"]);
});

it("never draws wider than the terminal and never passes control characters on, whatever the data", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 300 });
  fc.assert(
    fc.property(text, text, (title, sentence) => {
      const step = { title, state: "running", sentence, startedAt: 0, endedAt: null, usualMs: 5000 } as const;
      const table = { columns: [title, "b"], rows: [[sentence, title]] };
      for (const line of cardLines(card({ title, checklist: [step], table, verdict: "" }), style)) {
        expect(columns(line)).toBeLessThanOrEqual(100);
        expect(line).not.toMatch(/\p{Cc}/u);
      }
    }),
  );
});

it("shows all of a question, however narrow the terminal", () => {
  const question = {
    id: "1",
    text: "Delete nine machines? Two different people must approve.",
    details: ["+ delete db2"],
    approveWith: "prod",
  };
  const lines = cardLines(card({ verdict: "", question }), { ...style, width: 40 });
  expect(lines.slice(1)).toEqual([
    "    + delete db2",
    "  Delete nine machines? Two different",
    "  people must approve.",
  ]);
});

it("keeps columns aligned", () => {
  const lines = tableLines(
    {
      columns: ["node", "state"],
      rows: [
        ["web1", "up"],
        ["admin1", "unreachable"],
      ],
    },
    style,
  );
  expect(lines).toEqual(["  node    state", "  web1    up", "  admin1  unreachable"]);
});

it("words durations", () => {
  expect([duration(950), duration(61_000), duration(600_000)]).toEqual(["0.9 s", "1:01", "10:00"]);
});

it("cuts with an ellipsis", () => expect(fit("abcdef", 4)).toBe("abc…"));

it("draws a picture that really shows text", async () => {
  const size = async (line: string) => (await pngOf(terminalSvg([line]), terminalFont)).length;
  expect(await size("\u001B[32m✓\u001B[39m consistent <&>")).toBeGreaterThan((await size(" ".repeat(16))) + 500);
});

describe("a table that is wider than the terminal", () => {
  const says = "degraded: lb2 sees 2 of 3 votes; lb2 does not see lb1 in its pair; lb1 cannot be reached";
  const table = {
    columns: ["what", "Pacemaker", "the nodes", "verdict"],
    rows: [
      ["lb pair", "lb2 online", "–", says],
      ["db pair", "db1 and db2 online", "", "consistent"],
    ],
  };

  it("is told row by row, with nothing cut and nothing empty", () => {
    expect(tableLines(table, { ...style, width: 60 })).toEqual([
      "  lb pair",
      "    Pacemaker: lb2 online",
      "    verdict: degraded: lb2 sees 2 of 3 votes; lb2 does not",
      "    see lb1 in its pair; lb1 cannot be reached",
      "  db pair",
      "    Pacemaker: db1 and db2 online",
      "    verdict: consistent",
    ]);
  });

  it("is in columns on a terminal that is just as wide", () => {
    const whole = tableLines(table, { ...style, width: 200 });
    const width = Math.max(...whole.map(columns));
    expect(whole[1]).toContain(says);
    expect(tableLines(table, { ...style, width })).toEqual(whole);
    expect(tableLines(table, { ...style, width: width - 1 })).toHaveLength(6);
  });

  it("does not name the only thing that is said of each", () => {
    const two = { columns: ["command", "does"], rows: [["/runs list", "List the runs that are under way"]] };
    expect(tableLines(two, { ...style, width: 40 })).toEqual(["  /runs list", "    List the runs that are under way"]);
  });

  it("is never wider either, whatever is in it", () => {
    const row = fc.array(fc.string({ unit: "grapheme", maxLength: 90 }), { maxLength: 8 });
    fc.assert(
      fc.property(row, fc.array(row, { maxLength: 5 }), fc.integer({ min: 20, max: 200 }), (head, rows, width) => {
        for (const line of tableLines({ columns: head, rows }, { ...style, width })) {
          expect(columns(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/\p{Cc}/u);
        }
      }),
    );
  });

  it("shows three lines of a cell, however long", () => {
    const long = { columns: ["what", "want"], rows: [["file", "x ".repeat(1000)]] };
    expect(tableLines(long, { ...style, width: 40 })).toHaveLength(4);
  });
});
