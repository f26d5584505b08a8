import { altOf } from "../../../src/render/draw.ts";
import { clusters } from "../../render/samples.ts";
import { ComponentType } from "discord-api-types/v10";
import { expect, it } from "vitest";
import { discordMessage } from "../../../src/chat/discord/card.ts";
import type { Card } from "../../../src/core/card.ts";
import { cards } from "../cards.ts";
import { textOf } from "./judge.ts";

const { now } = cards;
const inside = (card: Card) => discordMessage(card, { now }).components.flatMap(({ components }) => components);
const texts = (card: Card): string[] => inside(card).flatMap(textOf);

it("asks for a plan: deletions first, the question above its buttons", () => {
  expect(texts(cards.asked)).toEqual([
    "## ? /cluster build prod\n**plan**  2 machines to create, 1 to delete\n**price**  $216\\.00 a month",
    "```diff\n- delete db3 (prod-db3)\n+ create db1 (prod-db1)\n~ db2: nginx conf: workers 2 → 4\n```",
    [
      "**Build prod? Two different people must approve, of bob or carol, and one of them must type prod\\.**",
      "\\- delete db3",
      "\\+ create db1",
    ].join("\n"),
    "-# run 1f6f2f0c\\-1111\\-4222\\-8333\\-444444444444, started by alice · 3\\:20",
  ]);
  const row = inside(cards.asked).find((each) => each.type === ComponentType.ActionRow);
  expect(row?.components).toMatchObject([
    { custom_id: "approve:1f6f2f0c:00", label: "Approve", style: 1 },
    { custom_id: "refuse:1f6f2f0c:00", label: "Refuse", style: 4 },
    { custom_id: "plan:1f6f2f0c:00", label: "Whole plan", style: 2 },
  ]);
});

it("says of a long run what it is at and how long that usually takes", () => {
  expect(texts(cards.running)[1]).toBe(
    [
      "**✓ 13 steps done**",
      "**▸ step 14 of 31 · Boot db2** · waiting for it to answer · 43 s, usually 48 s",
      "**· 17 steps to come**",
    ].join("\n"),
  );
});

it("says what failed and shows its last words as they are", () => {
  expect(texts(cards.failed)).toEqual([
    "## ✗ /cluster build prod\n**db2\\: mariadb did not start\\. Nothing else was changed\\. Look at its log\\.**",
    "**✓ Boot db1** · it answers · 1\\.4 s\n**✗ Start mariadb** · db2\\: mariadb did not start · 1\\:05",
    "```text\n[Note] plugin 'InnoDB'\n[ERROR] `ibdata1` is *locked*\n```",
    "-# run 1f6f2f0c\\-1111\\-4222\\-8333\\-444444444444, started by alice · 3\\:07",
  ]);
});

it("shows a table in columns", () => {
  expect(texts(cards.status)).toEqual([
    "## ✓ /cluster status prod\n**consistent**",
    "```text\nnode  state\ndb1   up\nweb1  <!channel> unreachable\n```",
  ]);
});

it("tells a table that is too wide row by row", () => {
  const held = "; holds 10\\.10\\.0\\.30".repeat(7);
  expect(texts(cards.wide)[1]).toBe(
    [
      "**lb address 198\\.18\\.0\\.18**",
      "Linode\\: lb1, shared with lb2\nPacemaker\\: lb1\nthe nodes\\: lb1\nthe network\\: lb1\nverdict\\: consistent",
      "**nfs1**",
      `Linode\\: running\nthe nodes\\: up; all services active${held}; holds 10…`,
      "verdict\\: consistent",
    ].join("\n"),
  );
});

it("says of a row that is not there whole that there is more", () => {
  const rows = Array.from({ length: 30 }, (_, at) => [`row ${at}`, "x".repeat(70), "y".repeat(70)]);
  const told = texts({ ...cards.wide, table: { columns: ["what", "one", "other"], rows } });
  const whole = rows.filter(([what]) => told[1]?.includes(`**${what}**\none\\: ${"x".repeat(70)}\nother\\: y`)).length;
  expect(whole).toBeGreaterThan(5);
  expect(told[1]).toMatch(new RegExp(`… ${30 - whole} rows more$`));
  expect(told.at(-1)).toContain("✂ This is not all");
});

it("says a short answer in short", () => {
  expect(texts(cards.answer)).toEqual(["## ✓ /lock prod\n**prod is locked\\.**"]);
});

it("tells the state by colour as well", () => {
  const colors = (["waiting", "running", "asking", "done", "failed"] as const).map(
    (state) => discordMessage({ ...cards.answer, state }, { now }).components[0]?.accent_color,
  );
  expect(new Set(colors).size).toBe(5);
});

it("shows a picture that comes along, and says it in words where none does", () => {
  const card = { ...cards.answer, picture: clusters.healthy };
  expect(discordMessage(card, { now, hasPicture: true }).components[0]?.components[1]).toEqual({
    type: ComponentType.MediaGallery,
    items: [{ media: { url: "attachment://picture.png" }, description: altOf(clusters.healthy) }],
  });
  expect(texts(card)[1]).toContain("Cluster demo at 25 Nov 2026");
});

it("says where all of it is when it is cut, and how much is missing", () => {
  const diff = Array.from({ length: 400 }, (_, index) => `${index % 2 === 0 ? "+" : "-"} machine number ${index}`);
  const [, shown = "", , small = ""] = texts({ ...cards.asked, diff });
  expect(shown).toMatch(/^```diff\n- machine number 1\n- machine number 3\n[^+]*\n… \d+ lines more\b/);
  expect(small).toContain("✂ This is not all\\. “Whole plan” shows the whole\\.");
  const without = texts({ ...cards.asked, diff, actions: [] }).at(-1);
  expect(without).toContain("npm run nonet \\-\\- '/runs show 1f6f2f0c'");
});
