import { expect, it } from "vitest";
import { pauseAfter, slower, timeFor } from "../../src/watch/pace.ts";

/** Milliseconds between two looks, and until a look that is due begins. */
const [interval, tick] = [5000, 250];

it("a node that usually is quick and hangs is told of within 15 s, also when that takes two looks", () => {
  const { deadlineMs } = timeFor(800, false);
  expect(interval + tick + Math.max(deadlineMs, interval + tick) + deadlineMs).toBeLessThan(15_000);
});

it("a slow node is given the time it takes, and one that became slow is given more and more", () => {
  expect(timeFor(2500, false).deadlineMs).toBe(7500);
  let pace = 800;
  for (let looks = 0; looks < 5; looks += 1) pace = slower(pace);
  expect(timeFor(pace, false).deadlineMs).toBe(10_000);
  expect(timeFor(undefined, false).deadlineMs).toBe(10_000);
});

it("facts end before the round trip does", () => {
  for (const pace of [0, 1000, 2500, 9000]) {
    for (const isHeavy of [false, true]) {
      const { factSeconds, deadlineMs } = timeFor(pace, isHeavy);
      expect(factSeconds * 1000).toBeLessThan(deadlineMs);
    }
  }
});

it("looks take no more than a quarter of a node's time, and a cluster is never left alone for long", () => {
  expect(pauseAfter(500, interval)).toBe(interval);
  expect(pauseAfter(3000, interval)).toBe(12_000);
  expect(pauseAfter(10_000, interval)).toBe(30_000);
  expect(pauseAfter(10_000, 60_000)).toBe(60_000);
});
