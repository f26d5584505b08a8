import fc from "fast-check";
import { expect, it } from "vitest";
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
