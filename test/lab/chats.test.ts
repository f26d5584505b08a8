import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { World } from "../../src/main/demo-world.ts";
import { openWorld } from "../../src/main/demo-world.ts";
import { whyNoLab } from "../../src/lab/probe.ts";
import { buildIt } from "../chats/show.ts";
import { openStage, type Stage } from "../chats/stage.ts";
import { ownSettings } from "./support.ts";

const reason = await whyNoLab();
if (reason !== null) console.log(`lab tests are skipped: ${reason}`);

/** Nine real machines, asked for in Slack and approved by somebody else in Discord. */
describe.skipIf(reason !== null)("a build from two chats", () => {
  let world: World;
  let stage: Stage;
  let folder: string;

  beforeAll(async () => {
    const { stateDir, net } = await ownSettings();
    folder = dirname(stateDir);
    Object.assign(process.env, { NONET_LAB_DIR: stateDir, LAB_NET: net, LAB_API_PORT: "18530" });
    world = await openWorld(false, (line) => console.log(line));
    stage = await openStage(world);
  });

  afterAll(async () => {
    await stage.close();
    await world.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it("is followed in both to the end", async () => {
    await buildIt(stage);
    expect(stage.slackCard("Built and proven: 9 nodes")).toBeDefined();
    expect(stage.discordCard("Built and proven: 9 nodes")).toBeDefined();
    expect(stage.slack.wrongs).toEqual([]);
    expect(stage.discord.wrongs).toEqual([]);
  });
});
