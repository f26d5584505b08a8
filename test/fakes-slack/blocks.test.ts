import { describe, expect, test } from "vitest";
import { wrongInMessage } from "../fakes/slack/blocks/check.ts";
import { TestClock } from "../fakes/slack/clock.ts";
import { openFakeSlack } from "../fakes/slack/open.ts";
import { answerTo, webClient } from "./app.ts";

const x = (length: number): string => "x".repeat(length);
const plain = (text: string) => ({ type: "plain_text", text });
const mrkdwn = (text: string) => ({ type: "mrkdwn", text });
const section = (more: object) => ({ type: "section", ...more });
const button = (more: object = {}) => ({ type: "button", text: plain("Go"), ...more });
const actions = (...elements: object[]) => ({ type: "actions", elements });
const input = (element: object) => ({ type: "input", label: plain("Name"), element });
const rich = (...elements: object[]) => ({ type: "rich_text", elements });
const option = (text: string, value = "v") => ({ text: plain(text), value });
const table = (rows: number, columns: number, text = "x") => ({
  type: "table",
  rows: Array.from({ length: rows }, () => Array.from({ length: columns }, () => ({ type: "raw_text", text }))),
});
const times = (count: number, make: (index: number) => object): object[] =>
  Array.from({ length: count }, (_each, index) => make(index));

/** Blocks at a limit, the same blocks one beyond it, and what Slack says then. */
const limits: [string, object, object, string][] = [
  [
    "section text",
    section({ text: mrkdwn(x(3000)) }),
    section({ text: mrkdwn(x(3001)) }),
    "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
  ],
  [
    "fields",
    section({ fields: times(10, () => mrkdwn(x(2000))) }),
    section({ fields: times(11, () => mrkdwn("x")) }),
    "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
  ],
  [
    "field text",
    section({ fields: [plain(x(2000))] }),
    section({ fields: [plain(x(2001))] }),
    "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
  ],
  [
    "header",
    { type: "header", text: plain(x(150)) },
    { type: "header", text: plain(x(151)) },
    "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
  ],
  [
    "context",
    { type: "context", elements: times(10, () => plain("x")) },
    { type: "context", elements: times(11, () => plain("x")) },
    "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
  ],
  [
    "actions",
    actions(...times(25, () => button())),
    actions(...times(26, () => button())),
    "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
  ],
  [
    "button text",
    actions(button({ text: plain(x(75)) })),
    actions(button({ text: plain(x(76)) })),
    "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
  ],
  [
    "button value",
    actions(button({ value: x(2000) })),
    actions(button({ value: x(2001) })),
    "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
  ],
  [
    "button url",
    actions(button({ url: x(3000) })),
    actions(button({ url: x(3001) })),
    "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]",
  ],
  [
    "action_id",
    actions(button({ action_id: x(255) })),
    actions(button({ action_id: x(256) })),
    "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
  ],
  [
    "block_id",
    { type: "divider", block_id: x(255) },
    { type: "divider", block_id: x(256) },
    "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
  ],
  [
    "confirm text",
    actions(button({ confirm: { text: plain(x(300)) } })),
    actions(button({ confirm: { text: plain(x(301)) } })),
    "must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]",
  ],
  [
    "options",
    actions({ type: "static_select", options: times(100, (n) => option(`${n}`, `${n}`)) }),
    actions({ type: "static_select", options: times(101, (n) => option(`${n}`, `${n}`)) }),
    "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
  ],
  [
    "option text",
    actions({ type: "static_select", options: [option(x(75))] }),
    actions({ type: "static_select", options: [option(x(76))] }),
    "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]",
  ],
  [
    "overflow",
    actions({ type: "overflow", options: times(5, () => option("x")) }),
    actions({ type: "overflow", options: times(6, () => option("x")) }),
    "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
  ],
  [
    "image alt",
    { type: "image", image_url: "https://x.example", alt_text: x(2000) },
    { type: "image", image_url: "https://x.example", alt_text: x(2001) },
    "must be less than 2001 characters [json-pointer:/blocks/0/alt_text]",
  ],
  ["table rows", table(100, 1), table(101, 1), "no more than 100 items allowed [json-pointer:/blocks/0/rows]"],
  ["table columns", table(1, 20), table(1, 21), "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"],
  [
    "table text",
    table(1, 1, x(10_000)),
    table(1, 1, x(10_001)),
    "table must be less than 10001 characters in total [json-pointer:/blocks/0]",
  ],
];

describe("limits", () => {
  test.each(limits)("%s", (_name, fits, tooMuch, says) => {
    expect(wrongInMessage([fits])).toEqual([]);
    expect(wrongInMessage([tooMuch])).toEqual([says]);
  });
});

const mistakes: [string, object, string][] = [
  ["an empty text", section({ text: mrkdwn("") }), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"],
  ["a section of nothing", section({}), "must define either `text` or `fields` [json-pointer:/blocks/0/type]"],
  ["an unknown field", { type: "divider", text: "x" }, "invalid additional property: text [json-pointer:/blocks/0]"],
  [
    "emoji in mrkdwn",
    section({ text: { ...mrkdwn("x"), emoji: true } }),
    "invalid additional property: emoji [json-pointer:/blocks/0/text]",
  ],
  [
    "mrkdwn in a header",
    { type: "header", text: mrkdwn("x") },
    "must be a valid enum value [json-pointer:/blocks/0/text/type]",
  ],
  [
    "mrkdwn on a button",
    actions(button({ text: mrkdwn("x") })),
    "must be a valid enum value [json-pointer:/blocks/0/elements/0/text/type]",
  ],
  ["an unknown block", { type: "blink" }, "unsupported type: blink [json-pointer:/blocks/0/type]"],
  ["no type", { text: "x" }, "missing required field: type [json-pointer:/blocks/0]"],
  ["a bare text", section({ text: "x" }), "must provide an object [json-pointer:/blocks/0/text]"],
  [
    "an input in a message",
    input({ type: "plain_text_input" }),
    "unsupported type: input [json-pointer:/blocks/0/type]",
  ],
  [
    "an unknown style",
    actions(button({ style: "blue" })),
    "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]",
  ],
  [
    "a list without sections",
    rich({ type: "rich_text_list", style: "bullet", elements: [{ type: "rich_text_quote", elements: [] }] }),
    "must be a valid enum value [json-pointer:/blocks/0/elements/0/elements/0/type]",
  ],
  [
    "a mention in preformatted text",
    rich({ type: "rich_text_preformatted", elements: [{ type: "user", user_id: "U1" }] }),
    "unsupported type: user [json-pointer:/blocks/0/elements/0/elements/0/type]",
  ],
  [
    "an empty rich text",
    rich({ type: "rich_text_section", elements: [{ type: "text", text: "" }] }),
    "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]",
  ],
  [
    "an unknown rich style",
    rich({ type: "rich_text_section", elements: [{ type: "text", text: "x", style: { loud: true } }] }),
    "invalid additional property: loud [json-pointer:/blocks/0/elements/0/elements/0/style]",
  ],
  ["an empty cell", table(1, 1, ""), "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]"],
];

test.each(mistakes)("%s", (_name, block, says) => {
  expect(wrongInMessage([block])).toEqual([says]);
});

test("ids are unique in a message", () => {
  const twice = [actions(button({ action_id: "go" }), button({ action_id: "go" }))];
  expect(wrongInMessage(twice)).toEqual([
    '`action_id` "go" already exists [json-pointer:/blocks/0/elements/1/action_id]',
  ]);
  const blocks = [
    { type: "divider", block_id: "a" },
    { type: "divider", block_id: "a" },
  ];
  expect(wrongInMessage(blocks)).toEqual(['`block_id` "a" already exists [json-pointer:/blocks/1/block_id]']);
});

test("Slack's client hears the refusals in Slack's shape", async () => {
  const clock = new TestClock();
  await using slack = await openFakeSlack({ clock });
  const post = (blocks: unknown) => {
    clock.advance(1000);
    return answerTo(webClient(slack).apiCall("chat.postMessage", { channel: "C0OPS", text: "x", blocks }));
  };
  expect(await post(times(51, () => ({ type: "divider" })))).toMatchObject({
    error: "invalid_blocks",
    errors: ["no more than 50 items allowed [json-pointer:/blocks]"],
    response_metadata: { messages: ["[ERROR] no more than 50 items allowed [json-pointer:/blocks]"] },
  });
  expect(await post("{")).toMatchObject({ error: "invalid_blocks_format" });
  expect(await post({ type: "divider" })).toMatchObject({ error: "invalid_blocks_format" });
  expect(await post([table(1, 1), table(1, 1)])).toMatchObject({
    error: "invalid_attachments",
    errors: ["only_one_table_allowed"],
  });
  expect(await post(times(5, () => section({ text: mrkdwn(x(3000)) })))).toMatchObject({
    error: "msg_blocks_too_long",
  });
  expect(slack.messages("C0OPS")).toEqual([]);
});
