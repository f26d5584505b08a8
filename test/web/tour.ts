import { chromium, type Browser, type Page } from "playwright-core";
import { browserPath } from "../chats/camera.ts";
import type { Stage } from "./stage.ts";

/** Looks at a page that is as a person sees it, under the name of what there is to see. */
export type Look = (page: Page, name: string) => Promise<void>;

/** What browsers complained about: whatever is on their console as an error, and all that the policy of the page forbids. */
export interface Browsing {
  readonly complaints: readonly string[];
  /** A window of its own, for somebody who signs in by the button. */
  open(link: string, options?: Parameters<Browser["newContext"]>[0]): Promise<Page>;
  close(): Promise<void>;
}

export async function openBrowsing(): Promise<Browsing> {
  if (browserPath === undefined) throw new Error("There is no Chromium on this machine.");
  const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
  const complaints: string[] = [];
  return {
    complaints,
    open: async (link, options) => {
      const context = await browser.newContext({ viewport: { width: 1200, height: 860 }, ...options });
      context.on("weberror", (error) => complaints.push(error.error().message));
      context.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
      });
      const page = await context.newPage();
      await page.goto(link);
      await page.getByRole("button", { name: "Sign in" }).waitFor();
      return page;
    },
    close: () => browser.close(),
  };
}

/** Goes on with the Tab key until this is in focus. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const wanted = page
    .locator(`:focus`)
    .and(page.getByText(name, { exact: true }).or(page.getByLabel(name, { exact: true })));
  for (let tabs = 0; tabs < 40; tabs += 1) {
    await page.keyboard.press("Tab");
    if ((await wanted.count()) > 0) return;
  }
  throw new Error(`“${name}” cannot be reached by keyboard`);
}

/** A cluster is asked for, approved and built by keyboard alone. */
export async function buildByKeyboard(page: Page, look: Look): Promise<void> {
  await look(page, "sign-in");
  await tabTo(page, "Sign in");
  await page.keyboard.press("Enter");
  await page.getByText("live", { exact: true }).waitFor();
  await tabTo(page, "Command");
  await page.keyboard.type("/cl");
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await look(page, "completion");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Tab");
  await page.getByRole("option", { name: "demo" }).waitFor();
  await page.keyboard.press("Tab");
  await page.getByRole("listbox").waitFor({ state: "hidden" });
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Approve" }).waitFor();
  await look(page, "asked");
  // Where a run is shown is where one is: the next is its first button.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("Create lb1").waitFor();
  await page.getByText("running", { exact: true }).first().waitFor();
  await look(page, "running");
  await page.getByText("Built and proven").waitFor({ timeout: 60_000 });
  await look(page, "done");
}

/** What else there is to see: overview, answers, what is typed before data is lost, audit, wall, a phone. */
export async function lookAround({ url }: Stage, page: Page, phone: Page, look: Look): Promise<void> {
  await page.goto(url);
  await page.getByRole("button", { name: "Look at demo now" }).click();
  await page.getByText("consistent").first().waitFor();
  await look(page, "overview");
  await page.getByLabel("Command", { exact: true }).fill("/runs list");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Close" }).waitFor();
  await look(page, "answer");
  await page.getByLabel("Command", { exact: true }).fill("/cluster destroy demo");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByText("Type demo to approve").waitFor();
  await look(page, "typed");
  await phone.getByRole("button", { name: "Sign in" }).click();
  await phone.getByText("Waiting for an answer").waitFor();
  await look(phone, "phone");
  await page.goto(`${url}/wall`);
  await page.getByText("Waiting for an answer").waitFor();
  await look(page, "wall");
  await page.goto(`${url}/audit`);
  await page.getByText("unbroken").waitFor();
  await look(page, "audit");
}
