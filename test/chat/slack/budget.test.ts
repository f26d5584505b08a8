import { expect, it } from "vitest";
import { Budget } from "../../../src/chat/slack/budget.ts";

function opened() {
  const clock = { now: Date.parse("2026-01-01T00:00:00Z") };
  return { clock, budget: new Budget({ burst: 10, perMinute: 30 }, () => clock.now) };
}

it("lets progress through 40 times in any minute at most", () => {
  const { clock, budget } = opened();
  const taken: number[] = [];
  for (const end = clock.now + 10 * 60_000; clock.now < end; clock.now += 100) {
    if (budget.take(false) === 0) taken.push(clock.now);
  }
  const within = taken.map((from) => taken.filter((at) => at >= from && at < from + 60_000).length);
  expect(Math.max(...within)).toBeLessThanOrEqual(40);
  expect(taken.length).toBeGreaterThanOrEqual(300);
});

it("lets through what is urgent in any case, and lets progress make room for it", () => {
  const { clock, budget } = opened();
  for (let count = 0; count < 15; count += 1) expect(budget.take(true)).toBe(0);
  const wait = budget.take(false);
  expect(wait).toBe(12_000);
  clock.now += wait - 1;
  expect(budget.take(false)).toBe(1);
  clock.now += 1;
  expect(budget.take(false)).toBe(0);
});

it("is silent as long as Slack has said, and then what is urgent is first", () => {
  const { clock, budget } = opened();
  budget.stop(30_000);
  expect(budget.take(true)).toBe(30_000);
  clock.now += 30_000;
  expect(budget.take(false)).toBe(2000);
  expect(budget.take(true)).toBe(0);
});

it("goes on when the clock is set back", () => {
  const { clock, budget } = opened();
  while (budget.take(false) === 0);
  clock.now -= 3600_000;
  expect(budget.take(false)).toBeLessThanOrEqual(2000);
  clock.now += 2000;
  expect(budget.take(false)).toBe(0);
});
