import { expect, it } from "vitest";
import { Once } from "../../../src/chat/slack/once.ts";

it("knows what came before, under any of its names, for an hour", () => {
  const clock = { now: 0 };
  const once = new Once(() => clock.now);
  expect(once.first(["event:1", "envelope:1"])).toBe(true);
  expect(once.first(["event:1", "envelope:2"])).toBe(false);
  expect(once.first(["event:2", "envelope:2"])).toBe(false);
  expect(once.first(["event:3"])).toBe(true);
  clock.now = 3600_000;
  expect(once.first(["event:1"])).toBe(true);
});
