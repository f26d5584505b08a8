import { expect, test } from "vitest";
import { openFakeSlack } from "../fakes/slack/open.ts";
import type { Shape } from "../fakes/slack/shape.ts";
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

test("what somebody cannot see cannot be pressed, and an old button can be, by a client that is behind", async () => {
  await using slack = await openFakeSlack();
  const pressed: unknown[] = [];
  await using app = await connect(slack, {
    async interactive({ ack, body }) {
      pressed.push(body.actions);
      await ack();
    },
  });
  const post = (method: string, more: object = {}) =>
    app.web.apiCall(method, { channel: "C0OPS", text: "plan", blocks: [approve], ...more });
  await post("chat.postEphemeral", { user: "U0ALICE" });
  const [secret] = slack.ephemeral("U0ALICE");
  if (secret === undefined) throw new Error("nothing came");
  await expect(slack.as("U0BOB").in("C0OPS").clicks(secret, "Ask")).rejects.toThrow("cannot see this message");
  expect(() => slack.as("U0STRANGER").in("C0PRIVATE")).toThrow("is not in ops-private");

  await post("chat.postMessage");
  const [plan] = slack.messages("C0OPS");
  if (plan === undefined) throw new Error("nothing came");
  await app.web.apiCall("chat.update", { channel: "C0OPS", ts: plan.ts, text: "decided" });
  const bob = slack.as("U0BOB").in("C0OPS");
  await expect(bob.clicks(plan, "Ask")).rejects.toThrow('nothing called "Ask"');
  await bob.clicks(plan, "Ask", { version: 0 });
  expect(pressed).toMatchObject([[{ action_id: "ask", block_id: "decision", type: "button" }]]);
});

test("shortcuts, App Home, mentions, and forged payloads", async () => {
  await using slack = await openFakeSlack();
  const heard: unknown[] = [];
  const hear = async ({ ack, body }: { ack: () => Promise<void>; body: Shape }): Promise<void> => {
    heard.push(body.callback_id ?? body.event ?? body.team_id);
    await ack();
  };
  await using _app = await connect(slack, {
    interactive: hear,
    app_home_opened: hear,
    app_mention: hear,
    slash_commands: hear,
  });
  const alice = slack.as("U0ALICE");
  await alice.opensHome();
  await alice.in("C0OPS").types("hello everybody");
  await alice.in("C0OPS").types("<@U0NONET> hello");
  const [first] = slack.messages("C0OPS");
  if (first === undefined) throw new Error("nothing was said");
  await alice.in("C0OPS").usesShortcut("about_this", first);
  await alice.usesShortcut("anywhere");
  await alice.in("C0OPS").types("/cluster build demo");
  const honest = slack.deliveries.at(-1)?.payload;
  await slack.deliver("slash_commands", { ...honest, team_id: "T0OTHER" });
  expect(heard).toMatchObject([
    { type: "app_home_opened", user: "U0ALICE", tab: "home" },
    { type: "app_mention", text: "<@U0NONET> hello", channel: "C0OPS" },
    "about_this",
    "anywhere",
    "T0ACME",
    "T0OTHER",
  ]);
});
