import { expect, test } from "vitest";
import { openFakeSlack } from "../fakes/slack/open.ts";
import { connect } from "./app.ts";

const approve = {
  type: "actions",
  block_id: "decision",
  elements: [
    {
      type: "button",
      action_id: "ask",
      text: { type: "plain_text", text: "Ask" },
      confirm: { text: { type: "plain_text", text: "Are you sure?" } },
    },
  ],
};

const reason = {
  type: "modal",
  title: { type: "plain_text", text: "Why" },
  submit: { type: "plain_text", text: "Send" },
  blocks: [
    {
      type: "input",
      block_id: "why",
      label: { type: "plain_text", text: "Reason" },
      element: { type: "plain_text_input", action_id: "text" },
    },
  ],
};

test("a person types a command, clicks what came, and fills in a modal", async () => {
  await using slack = await openFakeSlack();
  await using app = await connect(slack, {
    async slash_commands({ ack, body }) {
      await ack({ text: `you said ${String(body.text)}` });
      await app.web.apiCall("chat.postMessage", { channel: body.channel_id, text: "plan", blocks: [approve] });
    },
    async interactive({ ack, body }) {
      if (body.type === "view_submission") return ack({ response_action: "errors", errors: { why: "say more" } });
      await ack();
      await app.web.apiCall("views.open", { trigger_id: body.trigger_id, view: reason });
    },
  });
  const alice = slack.as("U0ALICE");
  const ops = alice.in("C0OPS");
  const typed = await ops.types("/cluster build <demo>");
  expect(typed).toMatchObject({ trouble: null, delivery: { state: "acked" } });
  expect(typed.answers.map(({ text }) => text)).toEqual(["you said build &lt;demo&gt;"]);
  await slack.until(() => slack.messages("C0OPS").length === 1);
  const [plan] = slack.messages("C0OPS");
  if (plan === undefined) throw new Error("no plan");
  expect((await ops.clicks(plan, "Ask", { confirm: false })).delivery).toBeNull();
  await ops.clicks(plan, "Ask");
  await slack.until(() => alice.modal !== null);
  const { modal } = alice;
  if (modal === null) throw new Error("no modal");
  await expect(alice.submits(modal)).rejects.toThrow('"Reason" is required.');
  expect((await alice.submits(modal, { Reason: "because" })).trouble).toBe("why: say more");
  expect((await ops.types("/cluster x", plan.ts)).trouble).toMatch(/not supported in threads/);
  expect(slack.wrongs).toEqual([]);
});
