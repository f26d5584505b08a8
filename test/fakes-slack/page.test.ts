import { expect, test } from "vitest";
import { openFakeSlack } from "../fakes/slack/open.ts";
import type { Frames } from "../fakes/slack/page/frames.ts";
import type { FakeSlack } from "../fakes/slack/slack.ts";
import { connect, webClient } from "./app.ts";

async function frames(slack: FakeSlack, who: string, thread = ""): Promise<Frames> {
  const response = await fetch(
    `${slack.url}/page/frames?${new URLSearchParams({ who, at: "C0OPS", thread }).toString()}`,
  );
  return (await response.json()) as Frames;
}

const act = (slack: FakeSlack, what: object, type = "application/json"): Promise<Response> =>
  fetch(`${slack.url}/page/act`, {
    method: "POST",
    headers: { "content-type": type },
    body: JSON.stringify({ who: "U0ALICE", at: "C0OPS", ...what }),
  });

test("a person sees messages as Slack renders them, and nothing that they wrote becomes part of the page", async () => {
  await using slack = await openFakeSlack();
  await webClient(slack).apiCall("chat.postMessage", {
    channel: "C0OPS",
    text: "x",
    blocks: [
      {
        type: "section",
        text: { type: "mrkdwn", text: "*bold* _it_ ~no~ `code <b>` <@U0BOB> <https://x.example|a &lt;link&gt;>" },
      },
      { type: "section", text: { type: "mrkdwn", text: "<script>alert(1)</script> <javascript:alert(1)|click>" } },
      {
        type: "rich_text",
        elements: [{ type: "rich_text_preformatted", elements: [{ type: "text", text: "<i>raw</i>" }] }],
      },
    ],
  });
  const { main } = await frames(slack, "U0ALICE");
  for (const html of [
    "<b>bold</b> <i>it</i> <s>no</s> <code>code &lt;b&gt;</code>",
    '<span class="mention">@Bob Brisk</span>',
    '<a href="https://x.example" target="_blank" rel="noreferrer">a &lt;link&gt;</a>',
    "<pre>&lt;i&gt;raw&lt;/i&gt;</pre>",
  ])
    expect(main).toContain(html);
  expect(main).not.toContain("<script");
  expect(main).not.toContain("javascript:");
});

test("a person acts on the page, and only the page can", async () => {
  await using slack = await openFakeSlack();
  const heard: unknown[] = [];
  await using app = await connect(slack, {
    async slash_commands({ ack, body }) {
      await ack({ text: "only for you" });
      heard.push(body.text);
    },
    async interactive({ ack, body }) {
      await ack();
      heard.push(body.type);
    },
  });
  expect(await (await act(slack, { do: "type", text: "/cluster status", thread: null })).json()).toMatchObject({
    trouble: null,
  });
  expect((await frames(slack, "U0ALICE")).main).toContain("Only visible to you");
  expect((await frames(slack, "U0BOB")).main).not.toContain("only for you");
  const button = { type: "button", action_id: "go", text: { type: "plain_text", text: "Go" } };
  const { ts } = (await app.web.apiCall("chat.postMessage", {
    channel: "C0OPS",
    text: "x",
    blocks: [{ type: "actions", elements: [button] }],
  })) as unknown as { ts: string };
  expect(await (await act(slack, { do: "press", ts, name: "go" })).json()).toMatchObject({ trouble: null });
  expect(heard).toEqual(["status", "block_actions"]);
  const inThread = await act(slack, { do: "type", text: "/cluster status", thread: ts });
  expect(await inThread.json()).toMatchObject({ trouble: "/cluster is not supported in threads. Sorry!" });
  expect((await act(slack, { do: "press", ts, name: "go" }, "text/plain")).status).toBe(415);
});
