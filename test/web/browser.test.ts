import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath } from "../chats/camera.ts";
import { openStage, type Stage } from "./stage.ts";
import { buildByKeyboard, lookAround, openBrowsing, tabTo, type Browsing } from "./tour.ts";

const why = browserPath === undefined ? ": there is no Chromium on this machine" : "";

describe.skipIf(browserPath === undefined)(`in a browser${why}`, () => {
  let stage: Stage;
  let browsing: Browsing;
  beforeAll(async () => {
    stage = await openStage();
    browsing = await openBrowsing();
  });
  afterAll(async () => {
    await browsing.close();
    await stage.close();
  });

  const seen: string[] = [];
  /** Nothing on it keeps anybody out, in light and in dark, and nothing is wider than the screen. */
  async function check(page: Page, name: string): Promise<void> {
    seen.push(name);
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const { violations, passes } = await new AxeBuilder({ page }).analyze();
      expect(passes.length).toBeGreaterThan(10);
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(", ")}`);
      expect(found, `${name}, ${colorScheme}`).toEqual([]);
    }
    const wider = await page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
    expect(wider, `${name} is wider than the screen`).toBeLessThanOrEqual(0);
  }

  it("is used by keyboard, on a phone, in light and dark, by everybody", { timeout: 240_000 }, async () => {
    const page = await browsing.open(await stage.linkFor("U0ALICE"));
    expect(page.url()).toBe(`${stage.url}/sign-in`);
    const phone = await browsing.open(await stage.linkFor("U0BOB"), { viewport: { width: 360, height: 780 } });
    await buildByKeyboard(page, check);
    await lookAround(stage, page, phone, check);
    expect(seen).toHaveLength(11);
    expect(browsing.complaints).toEqual([]);
    await page.context().close();
    await phone.context().close();
  });

  it("says when it is not live, and lets nothing be pressed then", { timeout: 120_000 }, async () => {
    const page = await browsing.open(await stage.linkFor("U0ALICE"));
    await tabTo(page, "Sign in");
    await page.keyboard.press("Enter");
    const look = page.getByRole("button", { name: "Look at demo now" });
    await expect.poll(() => look.isEnabled()).toBe(true);
    await stage.stop();
    await page.getByText("reconnecting since").waitFor();
    expect(await look.isEnabled()).toBe(false);
    expect(await page.getByText("live", { exact: true }).count()).toBe(0);
    await stage.start();
    await page.getByText("live", { exact: true }).waitFor();
    await expect.poll(() => look.isEnabled()).toBe(true);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are not signed in.").waitFor();
    await check(page, "out");
    await page.context().close();
  });

  it("shows text from outside as text", async () => {
    const page = await browsing.open(await stage.linkFor("U0BOB"));
    await page.getByRole("button", { name: "Sign in" }).click();
    const hostile = `<img src=x onerror="document.title='hacked'"><script>document.title="hacked"</script>\${1}`;
    await page.getByLabel("Command", { exact: true }).fill(`/lock demo ${hostile}`);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Locks" }).waitFor();
    expect(await page.getByRole("list").getByText(hostile).count()).toBe(1);
    expect(await page.title()).not.toContain("hacked");
    expect(await page.locator("img[src=x]").count()).toBe(0);
    await page.context().close();
  });
});
