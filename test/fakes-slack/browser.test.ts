import { existsSync } from "node:fs";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { openFakeSlack } from "../fakes/slack/open.ts";
import { isShape, textOf } from "../fakes/slack/shape.ts";
import { connect } from "./app.ts";

const browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

const plain = (text: string) => ({ type: "plain_text", text });
const destroy = {
  type: "button",
  action_id: "destroy",
  style: "danger",
  text: plain("Destroy"),
  confirm: { title: plain("Sure?"), text: plain("Gone is gone."), confirm: plain("Yes"), deny: plain("No") },
};
const form = {
  type: "modal",
  title: plain("Destroy demo"),
  submit: plain("Destroy"),
  blocks: [
    {
      type: "input",
      block_id: "name",
      label: plain("Cluster name"),
      element: { type: "plain_text_input", action_id: "text" },
    },
  ],
};

/** What was typed into the only field of the modal. */
function typedName(view: unknown): string | undefined {
  const values = isShape(view) && isShape(view.state) && isShape(view.state.values) ? view.state.values : {};
  return isShape(values.name) ? textOf(values.name.text, "value") : undefined;
}

// Somebody without a browser can still run everything else.
test.skipIf(browser === undefined)(
  "a person types, says no, says yes, and is told in the modal what is wrong",
  async () => {
    await using slack = await openFakeSlack();
    await using app = await connect(slack, {
      async slash_commands({ ack, body }) {
        await ack();
        const blocks = [{ type: "actions", elements: [destroy] }];
        await app.web.apiCall("chat.postMessage", { channel: body.channel_id, text: "plan", blocks });
      },
      async interactive({ ack, body }) {
        if (body.type !== "view_submission") {
          await ack();
          await app.web.apiCall("views.open", { trigger_id: body.trigger_id, view: form });
        } else if (typedName(body.view) === "demo") await ack();
        else await ack({ response_action: "errors", errors: { name: "That is another cluster." } });
      },
    });
    await using chrome = await chromium.launch({ executablePath: browser ?? "", args: ["--no-sandbox"] });
    const page = await (await chrome.newContext()).newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`${slack.url}/?who=U0ALICE&at=C0OPS`);
    await page.getByRole("heading", { name: "# ops" }).waitFor();
    await page.getByLabel("Message").fill("/cluster destroy demo");
    await page.getByLabel("Message").press("Enter");
    const button = page.locator("#main").getByRole("button", { name: "Destroy" });
    await button.click();
    await page.getByRole("button", { name: "No", exact: true }).click();
    await button.click();
    await page.getByRole("button", { name: "Yes", exact: true }).click();
    const modal = page.locator(".modal");
    await modal.getByRole("textbox", { name: "Cluster name" }).fill("prod");
    const audit = await new AxeBuilder({ page }).analyze();
    expect(audit.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
    await modal.getByRole("button", { name: "Destroy" }).click();
    await modal.getByText("That is another cluster.").waitFor();
    await modal.getByRole("textbox", { name: "Cluster name" }).fill("demo");
    await modal.getByRole("button", { name: "Destroy" }).click();
    await modal.waitFor({ state: "detached" });
    expect(slack.deliveries.filter(({ payload }) => payload.type === "block_actions")).toHaveLength(1);
    expect(slack.as("U0ALICE").modal).toBeNull();
    expect([slack.wrongs, complaints]).toEqual([[], []]);
  },
);
