import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openWorld, type World } from "../../src/main/demo-world.ts";
import { browserPath, openCamera } from "./camera.ts";
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

// A machine without a browser only goes without the pictures.
it("one run is followed and decided from both chats, with the whole bot", async () => {
  const folder = await mkdtemp(join(tmpdir(), "nonet-pictures-"));
  const camera = browserPath === undefined ? undefined : await openCamera(stage, folder);
  await buildIt(stage, camera);
  await useIt(stage, camera);
  await camera?.close();
  expect(await readdir(folder)).toHaveLength(camera === undefined ? 0 : 19);
  await rm(folder, { recursive: true });
  expect(stage.slack.wrongs).toEqual([]);
  expect(stage.discord.wrongs).toEqual([]);
  expect(stage.slack.deliveries.filter(({ state }) => state !== "acked")).toEqual([]);
  expect(stage.discord.interactions.filter(({ late, unanswered }) => late || unanswered)).toEqual([]);
});
