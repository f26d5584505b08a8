import { existsSync } from "node:fs";
import { chromium, type Browser, type Page } from "playwright-core";
import type { FakeMessage } from "../fakes/slack/workspace.ts";
import type { MessageRecord } from "../fakes/discord/messages.ts";
import type { Team } from "./team.ts";

/** A browser of this machine; `undefined` where there is none. */
export const browserPath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  existsSync,
);

/** Takes pictures of what people see in the two stand-ins. */
export interface Camera {
  /** One message as a person sees it, once it shows this text. */
  slack(file: string, message: FakeMessage | undefined, text: string): Promise<void>;
  discord(file: string, message: MessageRecord | undefined, text: string): Promise<void>;
  /** All that somebody sees of Slack: a channel, `home`, or a form on top. */
  screen(file: string, user: string, at: string, text: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a browser at both pages; `folder` takes the pictures. */
export async function openCamera({ slack, discord }: Team, folder: string): Promise<Camera> {
  if (browserPath === undefined) throw new Error("There is no Chromium on this machine.");
  const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
  const [inSlack, inDiscord] = [await pageAt(browser, slack.url, tall), await pageAt(browser, discord.url, tall)];
  const one = async (page: Page, file: string, selector: string, text: string) => {
    await page.locator(selector).getByText(text).first().waitFor();
    // Not `waitForFunction`, which compiles text in the page: the stand-in of Slack forbids that.
    await page.evaluate("Promise.all([...document.images].map((image) => image.decode().catch(() => null)))");
    // The page is drawn anew at every change, so an element may be gone between two calls: its place is asked for in one.
    const place = `(() => {
      const message = document.querySelector(${JSON.stringify(selector)});
      message.scrollIntoView({ block: "nearest" });
      return message.getBoundingClientRect().toJSON();
    })()`;
    const clip = await page.evaluate<{ x: number; y: number; width: number; height: number }>(place);
    await page.screenshot({ path: `${folder}/${file}.png`, clip });
  };
  return {
    slack: (file, message, text) => one(inSlack, `${file}-slack`, `article[data-ts="${message?.ts}"]`, text),
    discord: (file, message, text) => one(inDiscord, `${file}-discord`, `#message-${message?.wire.id}`, text),
    async screen(file, user, at, text) {
      const page = await pageAt(browser, `${slack.url}/?who=${user}&at=${at}`);
      await page.getByText(text).first().waitFor();
      await page.screenshot({ path: `${folder}/${file}-slack.png` });
      await page.close();
    },
    close: () => browser.close(),
  };
}

/** A card with a table and a picture is seen whole. */
const tall = 3200;

async function pageAt(browser: Browser, url: string, height = 1100): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 960, height } });
  await page.goto(url);
  return page;
}
