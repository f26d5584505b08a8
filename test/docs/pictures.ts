import { join } from "node:path";
import { openWorld } from "../../src/main/demo-world.ts";
import { openCamera } from "../chats/camera.ts";
import { buildIt, useIt } from "../chats/show.ts";
import { openStage } from "../chats/stage.ts";
import { openStage as openWebStage } from "../web/stage.ts";
import { buildByKeyboard, lookAround, openBrowsing, type Look } from "../web/tour.ts";

// `npm run docs:pictures`: cards of each kind as the stand-ins of Slack and Discord show them, and the pages of the web
// console, on simulated nodes. `chat` or `web` as an argument makes only those.
const [only = "all"] = process.argv.slice(2);
const folder = (name: string) => join(import.meta.dirname, "../../docs", name);

if (only !== "web") {
  const world = await openWorld(true, console.log);
  const stage = await openStage(world);
  const camera = await openCamera(stage, folder("chat"));
  try {
    await buildIt(stage, camera);
    await useIt(stage, camera);
  } finally {
    await camera.close();
    await stage.close();
    await world.remove();
  }
}

if (only !== "chat") {
  const stage = await openWebStage();
  const browsing = await openBrowsing();
  const look: Look = async (page, name) => {
    const colorScheme = name === "wall" || name === "phone" ? "dark" : "light";
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    if (name === "wall") await page.setViewportSize({ width: 1600, height: 900 });
    await page.evaluate("Promise.all([...document.images].map((image) => image.decode()))");
    await page.screenshot({ path: join(folder("web"), `${name}.png`) });
  };
  try {
    const page = await browsing.open(await stage.linkFor("U0ALICE"));
    const viewport = { width: 360, height: 780 };
    const phone = await browsing.open(await stage.linkFor("U0BOB"), { viewport, deviceScaleFactor: 2 });
    await buildByKeyboard(page, look);
    await lookAround(stage, page, phone, look);
  } finally {
    await browsing.close();
    await stage.close();
  }
}
