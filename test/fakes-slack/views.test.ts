import { expect, test } from "vitest";
import { wrongInView } from "../fakes/slack/blocks/check.ts";
import { TestClock } from "../fakes/slack/clock.ts";
import { openFakeSlack } from "../fakes/slack/open.ts";
import type { Shape } from "../fakes/slack/shape.ts";
import { answerTo, codeOf, connect, webClient } from "./app.ts";

const plain = (text: string) => ({ type: "plain_text", text });
const modal = (more: object = {}) => ({
  type: "modal",
  title: plain("Destroy demo"),
  blocks: [{ type: "divider" }],
  ...more,
});
const typedName = {
  type: "input",
  block_id: "name",
  label: plain("Cluster name"),
  element: { type: "plain_text_input", action_id: "text", max_length: 8 },
};
const way = {
  type: "input",
  block_id: "way",
  optional: true,
  label: plain("How"),
  element: {
    type: "static_select",
    action_id: "way",
    options: [
      { text: plain("At once"), value: "now" },
      { text: plain("Slowly"), value: "slow" },
    ],
  },
};
const form = modal({
  submit: plain("Destroy"),
  notify_on_close: true,
  private_metadata: "run-1",
  blocks: [typedName, way],
});

test("a trigger opens one modal, within three seconds", async () => {
  const clock = new TestClock();
  await using slack = await openFakeSlack({ clock });
  const web = webClient(slack);
  const open = (trigger: string, view: object = modal()) =>
    answerTo(web.apiCall("views.open", { trigger_id: trigger, view }));
  expect(await open("1.2.3")).toMatchObject({ error: "invalid_trigger_id" });
  const trigger = slack.links.trigger("U0BOB");
  expect(await open(trigger, modal({ title: plain("x".repeat(25)) }))).toMatchObject({
    error: "invalid_arguments",
    response_metadata: { messages: ["[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"] },
  });
  expect(await open(trigger)).toMatchObject({ ok: true, view: { team_id: "T0ACME", state: { values: {} } } });
  expect(await open(trigger)).toMatchObject({ error: "exchanged_trigger_id" });
  const old = slack.links.trigger("U0BOB");
  clock.advance(3001);
  expect(await open(old)).toMatchObject({ error: "expired_trigger_id" });
});

test("modals lie on each other, at most three, and change only when nobody else changed them", async () => {
  await using slack = await openFakeSlack();
  const web = webClient(slack);
  const { view } = await answerTo(
    web.apiCall("views.open", { trigger_id: slack.links.trigger("U0BOB"), view: modal() }),
  );
  const { id, hash } = view as { id: string; hash: string };
  const update = (more: object) => codeOf(web.apiCall("views.update", { view: modal(), ...more }));
  expect(await update({ view_id: id, hash })).toBe("accepted");
  expect(await update({ view_id: id, hash })).toBe("hash_conflict");
  expect(await update({ view_id: "V0" })).toBe("not_found");
  const push = () => codeOf(web.apiCall("views.push", { trigger_id: slack.links.trigger("U0BOB"), view: modal() }));
  expect([await push(), await push(), await push()]).toEqual(["accepted", "accepted", "push_limit_reached"]);
});

test("a home for each person", async () => {
  await using slack = await openFakeSlack();
  const web = webClient(slack);
  const publish = (view: object) => codeOf(web.apiCall("views.publish", { user_id: "U0BOB", view }));
  expect(await publish(modal())).toBe("invalid_arguments");
  expect(await publish({ type: "home", blocks: [{ type: "header", text: plain("Runs") }] })).toBe("accepted");
  expect(slack.as("U0BOB").home?.view.blocks).toMatchObject([{ type: "header" }]);
  expect(slack.as("U0ALICE").home).toBeNull();
});

test("what a modal takes, and what happens when it is submitted", async () => {
  await using slack = await openFakeSlack();
  let answer: Shape = {};
  const received: Shape[] = [];
  await using app = await connect(slack, {
    async interactive({ ack, body }) {
      received.push(body);
      await ack(answer);
    },
  });
  const bob = slack.as("U0BOB");
  const open = async () => {
    await app.web.apiCall("views.open", { trigger_id: slack.links.trigger("U0BOB"), view: form });
    if (bob.modal === null) throw new Error("no modal");
    return bob.modal;
  };
  const shown = await open();
  await expect(bob.submits(shown)).rejects.toThrow('"Cluster name" is required.');
  await expect(bob.submits(shown, { name: "far too long" })).rejects.toThrow("That is too long.");
  await expect(bob.submits(shown, { name: "demo", How: "Maybe" })).rejects.toThrow("not among the options");
  await expect(bob.submits(shown, { nothing: "demo" })).rejects.toThrow('There is nothing called "nothing"');
  expect(received).toEqual([]);

  answer = { response_action: "errors", errors: { name: "That is another cluster." } };
  expect((await bob.submits(shown, { name: "demo", How: "Slowly" })).trouble).toBe("name: That is another cluster.");
  expect(received[0]).toMatchObject({
    type: "view_submission",
    user: { id: "U0BOB" },
    view: {
      private_metadata: "run-1",
      state: { values: { name: { text: { value: "demo" } }, way: { way: { selected_option: { value: "slow" } } } } },
    },
  });
  answer = { response_action: "errors", errors: { elsewhere: "?" } };
  expect((await bob.submits(shown, { name: "demo" })).trouble).toMatch(/trouble connecting/);
  expect(slack.wrongs).toEqual([expect.stringContaining("belong to no input block")]);
  answer = { response_action: "update", view: modal({ title: plain("Done") }) };
  await bob.submits(shown, { name: "demo" });
  expect(bob.modal?.view.title).toEqual(plain("Done"));

  answer = {};
  const another = await open();
  expect((await bob.submits(another, { name: "demo" })).trouble).toBeNull();
  expect(bob.modal).toBeNull();
  await bob.closes(await open());
  expect(received.at(-1)).toMatchObject({ type: "view_closed", is_cleared: false });
});

test("the limits of views", () => {
  const wrong = (more: object) =>
    wrongInView({ type: "modal", title: plain("Title"), blocks: [], ...more }, "modal", "nonet");
  expect(
    wrong({
      title: plain("x".repeat(24)),
      submit: plain("x".repeat(24)),
      close: plain("x".repeat(24)),
      blocks: [typedName],
    }),
  ).toEqual([]);
  expect(wrong({ title: plain("x".repeat(25)) })).toEqual([
    "must be less than 25 characters [json-pointer:/view/title/text]",
  ]);
  expect(wrong({ private_metadata: "x".repeat(3001) })).toEqual([
    "must be less than 3001 characters [json-pointer:/view/private_metadata]",
  ]);
  expect(wrong({ callback_id: "x".repeat(256) })).toEqual([
    "must be less than 256 characters [json-pointer:/view/callback_id]",
  ]);
  expect(wrong({ blocks: Array.from({ length: 101 }, () => ({ type: "divider" })) })).toEqual([
    "no more than 100 items allowed [json-pointer:/view/blocks]",
  ]);
  expect(wrong({ blocks: [typedName] })).toEqual([
    "nonet must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]",
  ]);
  expect(wrong({ blocks: [{ type: "table", rows: [[{ type: "raw_text", text: "x" }]] }] })).toEqual([
    "unsupported type: table [json-pointer:/view/blocks/0/type]",
  ]);
  expect(wrongInView({ type: "home", blocks: [typedName] }, "home", "nonet")).toEqual([]);
  expect(wrongInView({ type: "home", blocks: [], title: plain("x") }, "home", "nonet")).toEqual([
    "invalid additional property: title [json-pointer:/view]",
  ]);
});
