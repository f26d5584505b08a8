import fc from "fast-check";
import { drawingWith } from "../render/hostile.ts";
import type { Card, CardState, CardStep } from "../../src/core/card.ts";
import { anyText } from "../fixtures/text.ts";

/** What somebody could put into a name, a reason or the output of a machine. */
const nasty = [
  "",
  " ",
  "…",
  "@everyone",
  "@here",
  "<@123456789012345678>",
  "<@&123456789012345678>",
  "<#123456789012345678>",
  "<!channel>",
  "<!here|x>",
  "<!subteam^S012>",
  "<@U012AB3CD>",
  "<https://evil.example|approve here>",
  "[approve here](https://evil.example)",
  "https://evil.example/?a=b&c=d",
  "discord.gg/evil",
  "<t:1700000000:R>",
  "</cluster delete:1234567890>",
  "<a:party:123456789012345678>",
  ":rotating_light:",
  "**bold** __under__ _it_ ~~gone~~ ||spoiler|| `code`",
  "```",
  "``",
  "````\n@everyone",
  "```diff\n+ safe\n```",
  "\n# big\n## big\n-# small\n> quote\n>>> quote\n- list\n1. list",
  "\\",
  "\\*not\\*",
  "&lt;!channel&gt; &amp;",
  "\u001b[31mred\u001b[0m",
  "\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007",
  "\u001b]52;c;cm0gLXJm\u0007",
  "\u001bPq\u001b\\",
  "\u009b2J\u009d0;title\u009c",
  "over\rwritten\r\nline",
  "\u0000\u0007\b\u007f\u0085",
  "\u202egnp.exe\u202c \u2066isolated\u2069 \u200f\u061c",
  "zero\u200bwidth\u200d\ufeff\u2060\u00ad\u034f\u180e\u3164",
  "\u{e0041}\u{e0042}",
  "\ud800",
  "\udc00x",
  "👩‍👩‍👧‍👦🏳️‍🌈1️⃣❤️🧑🏽‍🚒",
  "🇩🇪🇫🇷",
  "עברית العربية",
  `Z${"\u0351\u0323".repeat(40)}algo`,
  "ﬀ Å e\u0301 中文字",
  "- delete db1\n+ create db2",
  "\t\ttabs",
  "\u2028\u2029",
  "yes",
];

const short = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...nasty) },
  { weight: 2, arbitrary: fc.array(fc.constantFrom(...nasty), { maxLength: 6 }).map((parts) => parts.join("")) },
  { weight: 1, arbitrary: anyText(60) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 60 }) },
);

/** Mostly short, now and then longer than any limit. */
export const text = fc.oneof(
  { weight: 60, arbitrary: short },
  {
    weight: 3,
    arbitrary: fc.tuple(short, fc.integer({ min: 1, max: 400 })).map(([part, times]) => part.repeat(times)),
  },
);

const state = fc.constantFrom<CardState>("waiting", "running", "asking", "done", "failed");
const time = fc.option(fc.integer({ min: -1000, max: 100_000_000 }));

const step: fc.Arbitrary<CardStep> = fc.record({
  title: text,
  state,
  sentence: text,
  startedAt: time,
  endedAt: time,
  usualMs: time,
});

const change = fc.tuple(fc.constantFrom("+ ", "- ", "~ ", "  ", "-", ""), text).map(([sign, what]) => sign + what);

/** A list of few, and now and then of very many of the same few. */
const few = <T>(item: fc.Arbitrary<T>, most = 5): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 60, arbitrary: fc.array(item, { maxLength: most }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.array(item, { minLength: 1, maxLength: 3 }), fc.integer({ min: 10, max: 800 }))
        .map(([items, times]) => Array.from({ length: times }, () => items).flat()),
    },
  );

const action = fc.record({
  id: fc.oneof(fc.constantFrom("plan:1f6f2f0c:", "approve:1f6f2f0c:00", "x", ""), text),
  label: text,
  style: fc.constantFrom("primary" as const, "danger" as const, "plain" as const),
  fields: fc.constant([]),
});

/** Any card, whoever wrote what is in it. */
export const hostileCard: fc.Arbitrary<Card> = fc.record({
  title: text,
  state,
  verdict: text,
  facts: few(
    fc.tuple(fc.oneof(fc.constant("run"), text), fc.oneof(fc.constant("1f6f2f0c-1111-2222, started by bob"), text)),
  ),
  checklist: few(step),
  question: fc.option(fc.record({ id: text, text, details: few(change), approveWith: text })),
  table: fc.option(fc.record({ columns: few(text), rows: few(few(text)) })),
  text: fc.option(text),
  diff: few(change),
  picture: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: drawingWith(text) }),
  actions: few(action),
  startedAt: time,
  endedAt: time,
});

/** Cards that are too large for everything, to be rendered in no time all the same. */
export function hugeCards(): Card[] {
  const megabyte = (part: string): string => part.repeat(Math.ceil(1_000_000 / part.length));
  const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
  return ["a", "\n", "*", "`", "@everyone ", "\u202e", "👩‍👩‍👧‍👦", "e\u0301\u0323", "\u001b]", "- x\n", "&", "\ud800"].map(
    (part) => {
      const line = megabyte(part);
      return {
        title: line,
        state: "failed",
        verdict: line,
        facts: many(2000, [line, line] as const),
        checklist: many(5000, {
          title: line,
          state: "failed",
          sentence: line,
          startedAt: 0,
          endedAt: null,
          usualMs: 1e12,
        }),
        question: { id: "1", text: line, details: many(5000, `- ${line}`), approveWith: line },
        table: { columns: many(50, line), rows: many(1000, many(50, line)) },
        text: line,
        diff: many(5000, `- ${line}`),
        picture: { kind: "timeline", title: line, from: 0, to: 1, steps: [] },
        actions: many(1, { id: line, label: line, style: "danger", fields: [] }),
        startedAt: 0,
        endedAt: null,
      };
    },
  );
}

/** Whatever cannot be seen or does something else than be seen, in whatever is shown. */
export const unseen =
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e0fff}]/u;

/** What the renderers say where something is missing. */
export const saysItIsCut = (shown: string): boolean => shown.includes("✂ This is not all.");
