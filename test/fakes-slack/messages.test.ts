import { expect, test } from "vitest";
import { TestClock } from "../fakes/slack/clock.ts";
import { openFakeSlack } from "../fakes/slack/open.ts";
import { answerTo, codeOf, webClient } from "./app.ts";

const section = (text: string, more = {}) => ({ type: "section", text: { type: "mrkdwn", text }, ...more });

test("an update may be shorter only, and without blocks it removes them", async () => {
  await using slack = await openFakeSlack();
  const web = webClient(slack);
  const post = (args: object) => answerTo(web.apiCall("chat.postMessage", { channel: "C0OPS", ...args }));
  const { ts } = await post({ text: "x".repeat(4001), blocks: [section("one", { block_id: "one" })] });
  const update = (args: object) => answerTo(web.apiCall("chat.update", { channel: "C0OPS", ts, ...args }));
  expect(await update({ text: "x".repeat(4001) })).toMatchObject({ error: "msg_too_long" });
  expect(await update({})).toMatchObject({ error: "no_text" });
  expect(await update({ text: "two", blocks: [section("two", { block_id: "one" })] })).toMatchObject({ ok: true });
  expect(slack.wrongs).toEqual([expect.stringContaining("repeats the block_id one")]);
  expect(await update({ text: "three" })).toMatchObject({ ok: true });
  expect(slack.messages("C0OPS")[0]).toMatchObject({ text: "three", blocks: [] });
  expect(slack.messages("C0OPS")[0]?.versions.map(({ blocks }) => blocks.length)).toEqual([1, 1, 0]);
});

test("long texts are cut, and empty ones refused", async () => {
  await using slack = await openFakeSlack();
  const web = webClient(slack);
  const long = await answerTo(web.apiCall("chat.postMessage", { channel: "C0OPS", text: "x".repeat(40_001) }));
  expect(long).toMatchObject({ ok: true, warning: "message_truncated" });
  expect(slack.messages("C0OPS")[0]?.text).toHaveLength(40_000);
  expect(await codeOf(web.apiCall("chat.postMessage", { channel: "C0OPS", text: "" }))).toBe("no_text");
});

test("messages that cannot be changed: absent, somebody else's, ephemeral, too old, in an archived channel", async () => {
  const clock = new TestClock();
  await using slack = await openFakeSlack({ clock, editWindow: 60_000 });
  const web = webClient(slack);
  const post = () => answerTo(web.apiCall("chat.postMessage", { channel: "C0OPS", text: "mine" }));
  const update = (ts: unknown) => codeOf(web.apiCall("chat.update", { channel: "C0OPS", ts, text: "changed" }));
  expect(await update("1700000000.000001")).toBe("message_not_found");
  await slack.as("U0BOB").in("C0OPS").types("hello");
  expect(await update(slack.messages("C0OPS")[0]?.ts)).toBe("cant_update_message");
  const args = { channel: "C0OPS", user: "U0BOB", text: "psst" };
  const { message_ts: hidden } = await answerTo(web.apiCall("chat.postEphemeral", args));
  expect(await update(hidden)).toBe("message_not_found");
  const { ts } = await post();
  clock.advance(60_001);
  expect(await update(ts)).toBe("edit_window_closed");
  const { ts: fresh } = await post();
  const channel = slack.world.channels.get("C0OPS");
  if (channel !== undefined) channel.archived = true;
  expect(await update(fresh)).toBe("is_inactive");
});

test("rich text stays rich text", async () => {
  await using slack = await openFakeSlack();
  const web = webClient(slack);
  const rich = [
    { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "a" }] }] },
  ];
  const { ts } = await answerTo(web.apiCall("chat.postMessage", { channel: "C0OPS", text: "a", blocks: rich }));
  const update = (blocks: object[]) => codeOf(web.apiCall("chat.update", { channel: "C0OPS", ts, text: "b", blocks }));
  expect(await update([section("b")])).toBe("block_mismatch");
  expect(await update(rich)).toBe("accepted");
});

test("a thread has to be there, and only its people see what is for them alone", async () => {
  await using slack = await openFakeSlack();
  const web = webClient(slack);
  const post = (args: object) => answerTo(web.apiCall("chat.postMessage", { channel: "C0OPS", text: "x", ...args }));
  expect(await post({ thread_ts: "1700000000.000001" })).toMatchObject({ error: "thread_not_found" });
  const { ts } = await post({});
  await post({ thread_ts: ts });
  expect(slack.thread(String(ts))).toHaveLength(1);
  const whisper = (user: string) => codeOf(web.apiCall("chat.postEphemeral", { channel: "C0OPS", user, text: "psst" }));
  expect(await whisper("U0STRANGER")).toBe("user_not_in_channel");
  expect(await whisper("U0BOB")).toBe("accepted");
  expect(slack.ephemeral("U0BOB")).toHaveLength(1);
  expect(slack.messages("C0OPS")).toHaveLength(1);
  const { messages } = await web.conversations.replies({ channel: "C0OPS", ts: String(ts) });
  expect(messages).toHaveLength(2);
});

test("everything that pings is written down, wherever it stands", async () => {
  await using slack = await openFakeSlack();
  const web = webClient(slack);
  const rich = (element: object) => ({
    type: "rich_text",
    elements: [{ type: "rich_text_section", elements: [element] }],
  });
  await web.apiCall("chat.postMessage", {
    channel: "C0OPS",
    text: "&lt;!channel&gt; @here is harmless, <!here> is not",
    blocks: [
      section("`<@U0BOB>` <!subteam^S0ONCALL|oncall>"),
      { type: "header", text: { type: "plain_text", text: "<!everyone> is plain here" } },
      rich({ type: "text", text: "<!everyone> cannot ping" }),
      rich({ type: "broadcast", range: "channel" }),
      rich({ type: "user", user_id: "U0ALICE" }),
    ],
  });
  expect(slack.world.pings.map(({ target }) => target)).toEqual(["here", "U0BOB", "S0ONCALL", "channel", "U0ALICE"]);
  await web.apiCall("chat.postMessage", { channel: "C0OPS", text: "@channel @oncall", link_names: true });
  expect(slack.world.pings.slice(5).map(({ target }) => target)).toEqual(["channel", "S0ONCALL"]);
});

test("a response_url works five times in half an hour", async () => {
  const clock = new TestClock();
  await using slack = await openFakeSlack({ clock });
  const respond = async (path: string): Promise<unknown> => {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ text: "late answer" });
    return (await fetch(slack.url + path, { method: "POST", headers, body })).json();
  };
  const target = { user: "U0BOB", channel: "C0OPS", messageTs: null, threadTs: null };
  const used = slack.links.response(target);
  for (let time = 0; time < 5; time += 1) expect(await respond(used)).toEqual({ ok: true });
  expect(await respond(used)).toMatchObject({ error: "used_url" });
  expect(slack.ephemeral("U0BOB")).toHaveLength(5);
  const old = slack.links.response(target);
  clock.advance(30 * 60_000 + 1);
  expect(await respond(old)).toMatchObject({ error: "expired_url" });
});

test("a file is announced, uploaded and shared; the message comes after the answer", async () => {
  await using slack = await openFakeSlack();
  const web = webClient(slack);
  const { ts } = await answerTo(web.apiCall("chat.postMessage", { channel: "C0OPS", text: "card" }));
  const file = { file: Buffer.from("the whole log"), filename: "run.log" };
  await web.filesUploadV2({ channel_id: "C0OPS", thread_ts: String(ts), ...file });
  await slack.until(() => slack.thread(String(ts)).length === 1);
  expect(slack.thread(String(ts))[0]?.files[0]?.content?.toString()).toBe("the whole log");
  const { file_id: id } = await web.files.getUploadURLExternal({ filename: "x", length: 3 });
  const complete = { files: [{ id: String(id), title: "x" }] as [{ id: string; title: string }] };
  expect(await codeOf(web.files.completeUploadExternal(complete))).toBe("file_not_found");
});
