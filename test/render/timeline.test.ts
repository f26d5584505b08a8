import { expect, it } from "vitest";
import type { TimelineStep } from "../../src/core/drawing.ts";
import { elapsedWords, spanWords, ticksBetween, timeStep, utcSpan } from "../../src/render/scale.ts";
import { layoutTimeline } from "../../src/render/timeline-layout.ts";
import { longestPath } from "../../src/render/timeline-path.ts";
import { timelineWords } from "../../src/render/timeline-words.ts";
import { timeline } from "./samples.ts";

const step = (title: string, from: number, to: number): TimelineStep => ({
  title,
  node: null,
  state: "done",
  from: from * 1000,
  to: to * 1000,
});

it("finds the steps that decided how long it took", () => {
  const steps = [
    step("plan", 0, 2),
    step("short", 2, 3),
    step("long", 2, 9),
    step("after short", 3, 5),
    step("last", 9, 10),
  ];
  expect(longestPath(steps).map(({ title }) => title)).toEqual(["plan", "long", "last"]);
  expect(longestPath([])).toEqual([]);
});

it("folds what was only waited for, and keeps the order of time", () => {
  const { axis } = layoutTimeline(timeline);
  expect(axis.folds).toEqual([{ from: timeline.from + 2000, to: timeline.from + 300_000 }]);
  const [before, behind] = [axis.x(timeline.from + 2000), axis.x(timeline.from + 300_000)];
  expect(behind - before).toBeLessThan(120);
  const all = Array.from({ length: 432 }, (_, second) => axis.x(timeline.from + second * 1000));
  expect(all).toEqual(all.toSorted((a, b) => a - b));
  expect([all[0], all[431]]).toEqual([axis.x(timeline.from), axis.x(timeline.to)]);
});

it("keeps bars in their lane apart, and their labels off other bars", () => {
  for (const { box, bars } of layoutTimeline(timeline).lanes) {
    const taken = bars.flatMap((bar) => [
      bar.box,
      ...(bar.label === null || bar.label.isInside ? [] : [bar.label.box]),
    ]);
    for (const [at, one] of taken.entries()) {
      expect(one.y >= box.y && one.y + one.height <= box.y + box.height).toBe(true);
      const others = taken
        .slice(at + 1)
        .filter((other) => other.y < one.y + one.height && one.y < other.y + other.height);
      for (const other of others)
        expect(other.x >= one.x + one.width - 2 || one.x >= other.x + other.width - 2).toBe(true);
    }
  }
});

it("says the same in words", () => {
  const words = timelineWords(timeline).join(" ");
  expect(words).toContain("/cluster build demo took 7:11, 25 Nov 2026, 12:00 to 12:07 UTC: 36 steps on 9 nodes.");
  expect(words).toContain("Failed: Prove from outside (11 s).");
  expect(words).toContain("People were waited for: Approval (4:58).");
  expect(words).toContain("the site did not answer for 7 s.");
});

it("counts time as people do", () => {
  expect([10, 90, 3600, 90_000].map((span) => timeStep(span, 6))).toEqual([2, 15, 600, 21_600]);
  expect(ticksBetween(7, 31, 10)).toEqual([10, 20, 30]);
  expect([30, 90, 300, 7200].map(spanWords)).toEqual(["30 s", "90 s", "5 min", "2 h"]);
  expect([400, 11_000, 187_000, 7_387_000].map(elapsedWords)).toEqual(["0.4 s", "11 s", "3:07", "2:03:07"]);
  expect(utcSpan(0, 59_000)).toBe("1 Jan 1970, 00:00 UTC");
  expect(utcSpan(0, 86_400_000)).toBe("1 Jan 1970, 00:00 to 2 Jan 1970, 00:00 UTC");
});
