import type { KnownBlock } from "@slack/types";
import { altOf } from "../../../src/render/draw.ts";
import { clusters } from "../../render/samples.ts";
import { expect, it } from "vitest";
import { slackMessage } from "../../../src/chat/slack/card.ts";
import type { Card } from "../../../src/core/card.ts";
import { cards } from "../cards.ts";
import { textsIn } from "./judge.ts";

const { now } = cards;
const message = (card: Card) => slackMessage(card, { now, revision: 3 });
/** Each block in one line: its type, and its text. */
const told = (card: Card): string[] =>
  message(card).blocks.map((block) => `${typeOf(block)}: ${textsIn(block).join("")}`);

function typeOf(block: KnownBlock): string {
  return block.type === "rich_text" ? (block.elements[0]?.type ?? "").replace("rich_text_", "") : block.type;
}

it("asks for a plan: deletions first, the question above its buttons", () => {
  expect(told(cards.asked)).toEqual([
    "header: ? /cluster build prod",
    "section: plan  2 machines to create, 1 to delete\nprice  $216.00 a month",
    "preformatted: - delete db3 (prod-db3)\n+ create db1 (prod-db1)\n~ db2: nginx conf: workers 2 → 4",
    [
      "quote: Build prod? Two different people must approve, of bob or carol, and one of them must type prod.",
      "- delete db3",
      "+ create db1",
    ].join("\n"),
    "actions: ApproveRefuseWhole plan",
    "context: run 1f6f2f0c-1111-4222-8333-444444444444, started by alice · 3:20",
  ]);
  expect(message(cards.asked).text).toBe(
    "? /cluster build prod · Build prod? Two different people must approve, of bob or carol, and one of them must type prod.",
  );
  expect(message(cards.asked).blocks.at(-2)).toMatchObject({
    elements: [
      { action_id: "approve:1f6f2f0c:00", style: "primary" },
      { action_id: "refuse:1f6f2f0c:00", style: "danger" },
      { action_id: "plan:1f6f2f0c:00" },
    ],
  });
});

it("says of a long run what it is at and how long that usually takes, also to whoever only gets the notification", () => {
  const beat = "step 14 of 31 · Boot db2 · waiting for it to answer · 43 s, usually 48 s";
  expect(told(cards.running)[1]).toBe(`section: ✓ 13 steps done\n▸ ${beat}\n· 17 steps to come`);
  expect(message(cards.running).text).toBe(`▸ /cluster build prod · ${beat}`);
});

it("says what failed and shows its last words as they are", () => {
  expect(told(cards.failed).slice(1, -1)).toEqual([
    "section: db2: mariadb did not start. Nothing else was changed. Look at its log.",
    "section: ✓ Boot db1 · it answers · 1.4 s\n✗ Start mariadb · db2: mariadb did not start · 1:05",
    "preformatted: [Note] plugin 'InnoDB'\n[ERROR] `ibdata1` is *locked*",
  ]);
});

it("makes a table Slack's own, and one that is too large for that a text in columns", () => {
  expect(message(cards.status).blocks[2]).toMatchObject({
    type: "table",
    rows: [
      [{ text: "node" }, { text: "state" }],
      [{ text: "db1" }, { text: "up" }],
      [{ text: "web1" }, { type: "raw_text", text: "<!channel> unreachable" }],
    ],
  });
  const rows = Array.from({ length: 120 }, (_, index) => [`web${index}`, ""]);
  const large = told({ ...cards.status, table: { columns: ["node", "state"], rows } });
  expect(large[2]).toMatch(/^preformatted: node +state\nweb0\nweb1\n[^]*\n… 80 rows more$/);
  expect(large.at(-1)).toContain("✂ This is not all.");
});

it("tells a table row by row that is neither Slack's nor fits in columns", () => {
  expect(told(cards.wide)[2]).toMatch(
    /^section: lb address 198\.18\.0\.18\nLinode: lb1, shared with lb2\nPacemaker: lb1\n[^]*\nnfs1\nLinode: running\nthe nodes: up; [^\n]*…\nverdict: consistent$/,
  );
});

it("says a short answer in short", () => {
  expect(told(cards.answer)).toEqual(["header: ✓ /lock prod", "section: prod is locked."]);
});

it("never uses the id of a block twice, over all updates", () => {
  const first = slackMessage(cards.running, { now, revision: 1 }).blocks;
  const second = slackMessage(cards.running, { now, revision: 2 }).blocks;
  const ids = [...first, ...second].map(({ block_id: id }) => id);
  expect(new Set(ids).size).toBe(first.length + second.length);
});

it("shows a picture once it is uploaded, and until then says it in words", () => {
  const card = { ...cards.answer, picture: clusters.healthy };
  expect(message(card).blocks.at(-1)).toMatchObject({ type: "context", elements: [{ text: altOf(clusters.healthy) }] });
  expect(slackMessage(card, { now, revision: 1, pictureFileId: "F1" }).blocks.at(-1)).toMatchObject({
    type: "image",
    slack_file: { id: "F1" },
    alt_text: altOf(clusters.healthy),
  });
});

it("says where all of it is when it is cut, and how much is missing", () => {
  const diff = Array.from({ length: 900 }, (_, index) => `${index % 2 === 0 ? "+" : "-"} machine number ${index}`);
  const shown = told({ ...cards.asked, diff });
  expect(shown.filter((block) => block.startsWith("preformatted")).join("\n")).toMatch(
    /^preformatted: - machine number 1\n- machine number 3\n[^+]*\n… \d+ lines more, \d+ of them deletions$/,
  );
  expect(shown.at(-1)).toContain("✂ This is not all. “Whole plan” shows the whole.");
});

it("names every step that failed, however many others there are", () => {
  const [failed] = cards.failed.checklist.filter(({ state }) => state === "failed");
  const many = Array.from({ length: 400 }, () => cards.running.checklist).flat();
  const checklist = failed === undefined ? [] : [...many, failed, ...many];
  expect(told({ ...cards.failed, checklist })[2]).toContain("✗ Start mariadb · db2: mariadb did not start");
});
