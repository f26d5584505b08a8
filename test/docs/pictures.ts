import { join } from "node:path";
import { openWorld } from "../../src/main/demo-world.ts";
import { openCamera } from "../chats/camera.ts";
import { buildIt, useIt } from "../chats/show.ts";
import { openStage } from "../chats/stage.ts";

// `npm run docs:pictures`: cards of each kind as the stand-ins of Slack and Discord show them, on simulated nodes.
const world = await openWorld(true, console.log);
const stage = await openStage(world);
const camera = await openCamera(stage, join(import.meta.dirname, "../../docs/chat"));
try {
  await buildIt(stage, camera);
  await useIt(stage, camera);
} finally {
  await camera.close();
  await stage.close();
  await world.remove();
}
