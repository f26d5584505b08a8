import fc from "fast-check";
import { expect, it } from "vitest";
import { slackMessage, type SlackMessage } from "../../../src/chat/slack/card.ts";
import { answerModal } from "../../../src/chat/slack/modal.ts";
import { slackSaying } from "../../../src/chat/slack/saying.ts";
import { oneLine } from "../../../src/chat/text.ts";
import type { Card } from "../../../src/core/card.ts";
import { wrongInView } from "../../fakes/slack/blocks/check.ts";
import { hostileCard, hugeCards, saysItIsCut, text } from "../hostile.ts";
import { faultsOf, faultsOfFallback, textsIn } from "./judge.ts";

const now = 50_000;

it("says nothing that Slack refuses, obeys or rings for, whatever a card is made of", () => {
  const picture = fc.option(fc.constant("F012AB3CD"), { nil: undefined });
  fc.assert(
    fc.property(hostileCard, picture, (card, file) => expectSound(card, file)),
    { numRuns: 10_000 },
  );
}, 60_000);

it("does not care how large a card is", () => {
  for (const card of hugeCards()) {
    expectSound(card, undefined);
    const modal = answerModal(card, now);
    expect(wrongInView({ ...modal }, "modal", "Nonet")).toEqual([]);
    expect(faultsOf(modal.blocks as SlackMessage["blocks"], { blocks: 100, text: 45_000 })).toEqual([]);
  }
}, 60_000);

it("mentions those it is for and nobody else", () => {
  const ids = fc.array(fc.oneof(fc.constantFrom("U012AB3CD", "W012AB3CE"), text), { maxLength: 40 });
  const tone = fc.constantFrom("log" as const, "news" as const, "result" as const, "file" as const);
  fc.assert(
    fc.property(fc.record({ text, tone, mentions: fc.constant([]) }), ids, (saying, mentionIds) => {
      const { blocks, text: told, files } = slackSaying(saying, mentionIds);
      const known = [...new Set(mentionIds.filter((id) => /^[UW]012AB3C[DE]$/.test(id)))];
      const called = [...JSON.stringify(blocks).matchAll(/"type":"user","user_id":"(\w+)"/g)].map(([, id]) => id);
      expect(called).toEqual(known);
      const words = known.reduce((left, id) => left.replace(`<@${id}>`, ""), told).trim();
      expect(faultsOfFallback(words)).toEqual([]);
      const others = JSON.parse(JSON.stringify(blocks).replaceAll(/\{"type":"user","user_id":"\w+"\},?/g, ""));
      expect(faultsOf([{ ...others[0], block_id: "1" }], { blocks: 1, text: 4000 })).toEqual([]);
      expect(files).toHaveLength(saying.tone === "file" ? 1 : 0);
    }),
    { numRuns: 2000 },
  );
});

function expectSound(card: Card, pictureFileId: string | undefined): void {
  const message = slackMessage(card, { now, revision: 7, ...(pictureFileId === undefined ? {} : { pictureFileId }) });
  expect(faultsOf(message.blocks)).toEqual([]);
  expect(faultsOfFallback(message.text)).toEqual([]);
  expectNothingHidden(card, message);
}

/** What is asked and what would be deleted is there whole, or else the card says that it is not, and where it is. */
function expectNothingHidden(card: Card, { blocks }: SlackMessage): void {
  const shown = textsIn(blocks).join("");
  if (saysItIsCut(shown)) return;
  const whole = (line: string): string => oneLine(line, 1_000_000).trim();
  expect(shown).toContain(whole(card.question?.text ?? ""));
  // Together and before anything else of the difference.
  const deletions = card.diff.map((line) => oneLine(line, 1_000_000)).filter((line) => line.startsWith("-"));
  expect(textsIn(blocks).join("\n")).toContain(deletions.join("\n"));
}
