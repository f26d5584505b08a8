import { expect, it } from "vitest";
import { plainText, typedLine } from "../../../src/chat/slack/text.ts";

it.each([
  ["build\u00a0prod", "build prod"],
  ["prod \u201cthe disk is being replaced\u201d", 'prod "the disk is being replaced"'],
  ["prod \u2018one word\u2019", "prod 'one word'"],
  ["prod \u2014reason now", "prod --reason now"],
  ["prod \u2013reason=now", "prod --reason=now"],
  ["prod 2\u20133 nodes \u2014 at night", "prod 2\u20133 nodes \u2014 at night"],
  ["<http://db1.example.com|db1.example.com>", "db1.example.com"],
  ["<https://example.com/a?b&amp;c>", "https://example.com/a?b&c"],
  ["<mailto:al@example.com|al@example.com>", "al@example.com"],
  ["<mailto:al@example.com>", "al@example.com"],
  ["<#C1|ops> <@U1|alice> <@U2>", "ops alice @U2"],
  ["a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"],
  ["a < b > c", "a < b > c"],
])("reads %j as %j", (typed, plain) => {
  expect(plainText(typed)).toBe(plain);
});

it("makes no markup out of what was escaped", () => {
  expect(plainText("&lt;http://a|b&gt;")).toBe("<http://a|b>");
});

it.each([
  ["/cluster", "build prod", "/cluster build prod"],
  ["/freeze", "", "/freeze"],
  ["/nonet", "cluster build prod", "/cluster build prod"],
  ["/nonet", "/cluster build prod", "/cluster build prod"],
  ["/nonet", " ", "/help"],
])("takes %s %j for %j", (command, text, line) => {
  expect(typedLine(command, text)).toBe(line);
});
