import { expect, test } from "vitest";
import { TestClock } from "../fakes/slack/clock.ts";
import { openFakeSlack } from "../fakes/slack/open.ts";
import { answerTo, codeOf, webClient } from "./app.ts";

const hello = (channel: string) => ({ channel, text: "hello" });

/** The seconds in `Retry-After`, as Slack's own client reads them; null when the call was taken. */
async function retryAfter(call: Promise<unknown>): Promise<number | null> {
  return call.then(
    () => null,
    (error: { retryAfter?: number }) => error.retryAfter ?? Number.NaN,
  );
}

test("posting: one a second for each channel, after a short burst", async () => {
  const clock = new TestClock();
  await using slack = await openFakeSlack({ clock });
  const web = webClient(slack);
  const post = (channel: string) => retryAfter(web.apiCall("chat.postMessage", hello(channel)));
  for (let time = 0; time < 3; time += 1) expect(await post("C0OPS")).toBeNull();
  expect(await post("C0OPS")).toBe(1);
  expect(await post("C0PRIVATE")).toBeNull();
  clock.advance(1000);
  expect(await post("C0OPS")).toBeNull();
  expect(await post("C0OPS")).toBe(1);
});

test("updates: fifty a minute for all channels together", async () => {
  const clock = new TestClock();
  await using slack = await openFakeSlack({ clock });
  const web = webClient(slack);
  const { ts } = await answerTo(web.apiCall("chat.postMessage", hello("C0OPS")));
  const update = () => retryAfter(web.apiCall("chat.update", { channel: "C0OPS", ts, text: "again" }));
  for (let time = 0; time < 50; time += 1) expect(await update()).toBeNull();
  expect(await update()).toBe(60);
  clock.advance(59_000);
  expect(await update()).toBe(1);
  clock.advance(1000);
  expect(await update()).toBeNull();
});

test("a storm, an outage of Slack, and an answer that is lost after the message was taken", async () => {
  await using slack = await openFakeSlack();
  const web = webClient(slack);
  const post = () => web.apiCall("chat.postMessage", hello("C0OPS"));
  slack.troubles.everythingIs429(1, 7);
  expect(await retryAfter(post())).toBe(7);
  slack.troubles.fail(1, 502);
  await expect(post()).rejects.toMatchObject({ code: "slack_webapi_http_error", statusCode: 502 });
  slack.down();
  await expect(post()).rejects.toMatchObject({ code: "slack_webapi_request_error" });
  slack.down("hung");
  const impatient = webClient(slack, slack.tokens.bot, 50);
  await expect(impatient.auth.test()).rejects.toMatchObject({ code: "slack_webapi_request_error" });
  slack.up();
  expect(slack.messages("C0OPS")).toHaveLength(0);
  slack.troubles.loseAnswers(1, ["chat.postMessage"]);
  await expect(post()).rejects.toMatchObject({ code: "slack_webapi_request_error" });
  expect(slack.messages("C0OPS")).toHaveLength(1);
  expect(await codeOf(post())).toBe("accepted");
});

test("slow answers come when the test says so, after the call took effect", async () => {
  await using slack = await openFakeSlack();
  const gate = Promise.withResolvers<void>();
  slack.troubles.answersWaitFor(() => gate.promise);
  const posted = webClient(slack).apiCall("chat.postMessage", hello("C0OPS"));
  await slack.until(() => slack.messages("C0OPS").length === 1);
  expect(slack.calls).toHaveLength(0);
  gate.resolve();
  expect(await codeOf(posted)).toBe("accepted");
});
