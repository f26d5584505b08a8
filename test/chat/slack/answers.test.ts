import { expect, it } from "vitest";
import { Answers, type Asker } from "../../../src/chat/slack/answers.ts";
import { openSlackClient } from "../../../src/chat/slack/client.ts";
import { Secret } from "../../../src/core/secret.ts";
import { openFakeSlack } from "../../fakes/slack/open.ts";

async function opened() {
  const slack = await openFakeSlack();
  const logged: string[] = [];
  const note = (_context: object, message: string) => void logged.push(message);
  const log = { info: note, warn: note, error: note };
  const { apiUrl } = slack;
  const client = openSlackClient(new Secret(slack.tokens.bot), { apiUrl, log, onRateLimit: () => undefined });
  const answers = new Answers({ slack: client, log, apiUrl });
  const target = { user: "U0ALICE", channel: "C0OPS", messageTs: null, threadTs: null };
  const alice: Asker = {
    user: "U0ALICE",
    channel: "C0OPS",
    thread: null,
    responseUrl: slack.url + slack.links.response(target),
  };
  return { slack, answers, alice, logged };
}

it("answers over Slack's address for it, and without it when that is used up", async () => {
  const { slack, answers, alice } = await opened();
  for (let count = 1; count <= 7; count += 1) await answers.give(alice, { text: `answer ${count}` }, "asker");
  expect(slack.ephemeral("U0ALICE").map(({ text }) => text)).toHaveLength(7);
  expect(slack.calls.map(({ method }) => method)).toEqual(["chat.postEphemeral", "chat.postEphemeral"]);
  await answers.give(alice, { text: "frozen" }, "everybody");
  expect(slack.messages("C0OPS").map(({ text }) => text)).toEqual(["frozen"]);
  await slack.close();
});

it("sends nothing to an address that is not Slack's", async () => {
  const { slack, answers, alice } = await opened();
  for (const responseUrl of [
    "http://127.0.0.1:1/x",
    "https://hooks.slack.com.example.net/x",
    "file:///etc/passwd",
    "x",
  ]) {
    await answers.give({ ...alice, responseUrl }, { text: "answer" }, "asker");
  }
  expect(slack.calls.map(({ method }) => method)).toEqual(Array.from({ length: 4 }, () => "chat.postEphemeral"));
  await slack.close();
});

it("says in the log when it cannot answer at all", async () => {
  const { slack, answers, alice, logged } = await opened();
  slack.down();
  await answers.give(alice, { text: "hello" }, "asker");
  expect(logged).toContain("an answer could not be given");
  await slack.close();
});
