import fc from "fast-check";
import { expect, it } from "vitest";
import { discordMessage, type DiscordMessage } from "../../../src/chat/discord/card.ts";
import { discordSaying } from "../../../src/chat/discord/saying.ts";
import { oneLine } from "../../../src/chat/text.ts";
import type { Card } from "../../../src/core/card.ts";
import { hostileCard, hugeCards, saysItIsCut, text, unseen } from "../hostile.ts";
import { faultsOf, isCode, markupIn, read, textOf } from "./judge.ts";

const now = 50_000;

it("says nothing that Discord refuses, obeys or rings for, whatever a card is made of", () => {
  fc.assert(
    fc.property(hostileCard, (card) => expectSound(card)),
    { numRuns: 10_000 },
  );
});

it("does not care how large a card is", () => {
  for (const card of hugeCards()) expectSound(card);
}, 60_000);

it("mentions those it is for and nobody else", () => {
  const ids = fc.array(fc.oneof(fc.constantFrom("123456789012345678", "223456789012345678"), text), { maxLength: 40 });
  const tone = fc.constantFrom("log" as const, "news" as const, "result" as const, "file" as const);
  fc.assert(
    fc.property(fc.record({ text, tone, mentions: fc.constant([]) }), ids, (saying, mentionIds) => {
      const { content, allowed_mentions: allowed, files } = discordSaying(saying, mentionIds);
      const known = [...new Set(mentionIds.filter((id) => /^\d{18}$/.test(id)))];
      expect(allowed).toEqual({ parse: [], users: known });
      const words = known.reduce((left, id) => left.replace(`<@${id}>`, ""), content).trim();
      expect(content.length).toBeLessThanOrEqual(2000);
      expect(content).not.toBe("");
      expect(content).not.toMatch(unseen);
      expect(markupIn(words)).toEqual([]);
      expect(files).toHaveLength(saying.tone === "file" ? 1 : 0);
    }),
    { numRuns: 2000 },
  );
});

function expectSound(card: Card): void {
  for (const hasPicture of card.picture === null ? [false] : [false, true]) {
    const message = discordMessage(card, { now, hasPicture });
    expect(faultsOf(message)).toEqual([]);
    expectNothingHidden(card, message);
  }
}

/** What is asked and what would be deleted is there whole, or else the card says that it is not, and where it is. */
function expectNothingHidden(card: Card, { components }: DiscordMessage): void {
  const texts = components.flatMap((container) => container.components).flatMap(textOf);
  const shown = texts.map(read).join("\n");
  const diff = texts
    .filter((each) => isCode(each) && each.startsWith("```diff"))
    .flatMap((each) => read(each).split("\n"));
  const lastDeletion = diff.findLastIndex((line) => line.startsWith("-"));
  expect(diff.slice(0, lastDeletion + 1).filter((line) => !line.startsWith("-"))).toEqual([]);
  if (saysItIsCut(shown)) return;
  const whole = (line: string) =>
    oneLine(line, 1_000_000)
      .trim()
      .replaceAll(/`{3,}/g, (run) => "ˋ".repeat(run.length));
  expect(shown.replaceAll(/`{3,}/g, (run) => "ˋ".repeat(run.length))).toContain(whole(card.question?.text ?? ""));
  const deletions = card.diff.filter((line) => line.startsWith("-")).map((line) => oneLine(line, 1_000_000));
  for (const line of deletions) expect(diff.join("\n")).toContain(whole(line));
}
