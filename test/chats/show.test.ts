import { afterAll, beforeAll, expect, it } from "vitest";
import { openWorld, type World } from "../../src/main/demo-world.ts";
import { buildIt, useIt } from "./show.ts";
import { openStage, type Stage } from "./stage.ts";

let world: World;
let stage: Stage;

beforeAll(async () => {
  world = await openWorld(true, () => undefined);
  stage = await openStage(world);
});
afterAll(async () => {
  await stage.close();
  await world.remove();
});

it("one run is followed and decided from both chats, with the whole bot", async () => {
  await buildIt(stage);
  await useIt(stage);
  expect(stage.slack.wrongs).toEqual([]);
  expect(stage.discord.wrongs).toEqual([]);
  expect(stage.slack.deliveries.filter(({ state }) => state !== "acked")).toEqual([]);
  expect(stage.discord.interactions.filter(({ late, unanswered }) => late || unanswered)).toEqual([]);
});
