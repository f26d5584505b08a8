import { beforeEach, expect, it, onTestFinished } from "vitest";
import { openSlackClient, type Slack } from "../../../src/chat/slack/client.ts";
import { slackMouth } from "../../../src/chat/slack/mouth.ts";
import type { Card } from "../../../src/core/card.ts";
import { OpsError } from "../../../src/core/errors.ts";
import { MouthBusy, MouthError, type Mouth } from "../../../src/core/mouth.ts";
import { Secret } from "../../../src/core/secret.ts";
import { TestClock } from "../../fakes/slack/clock.ts";
import { openFakeSlack } from "../../fakes/slack/open.ts";
import type { FakeSlack } from "../../fakes/slack/slack.ts";
import { card, delivery, ended, saying } from "./said.ts";

const day = 24 * 3600_000;

let clock: TestClock;
let slack: FakeSlack;
let client: Slack;
let mouth: Mouth;
let limited: number;

beforeEach(async () => {
  clock = new TestClock();
  limited = 0;
  slack = await openFakeSlack({ clock, editWindow: day });
  client = openSlackClient(new Secret(slack.tokens.bot), {
    apiUrl: slack.apiUrl,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    onRateLimit: () => (limited += 1),
  });
  mouth = another();
  onTestFinished(() => slack.close());
});

/** A mouth that remembers nothing, as after a restart. */
const another = (): Mouth =>
  slackMouth({
    slack: client,
    app: "A0NONET",
    idOf: (name) => (name === "bob" ? "U0BOB" : undefined),
    now: () => clock.now(),
    log: { warn: () => undefined },
  });

const methods = () => slack.calls.map(({ method }) => method);

it("posts a card once, whoever asks again", async () => {
  const id = await mouth.post(card(), delivery("card:1"));
  expect(await mouth.post(card(), delivery("card:1"))).toBe(id);
  expect(methods().filter((method) => method === "conversations.history")).toEqual([]);
  expect(await another().post(card(), delivery("card:1", { again: true }))).toBe(id);
  expect(await mouth.post(card(), delivery("card:2"))).not.toBe(id);
  expect(slack.messages("C0OPS")).toHaveLength(2);
});

it("finds the card that Slack took without saying so", async () => {
  slack.troubles.loseAnswers(1, ["chat.postMessage"]);
  await expect(mouth.post(card(), delivery("card:1"))).rejects.toThrow("fetch failed");
  const [message] = slack.messages("C0OPS");
  expect(await mouth.post(card(), delivery("card:1"))).toBe(message?.ts);
  expect(slack.messages("C0OPS")).toHaveLength(1);
});

it("posts again what Slack did not take", async () => {
  slack.troubles.fail(1, 503, ["chat.postMessage"]);
  await expect(mouth.post(card(), delivery("card:1"))).rejects.toThrow("503");
  expect(methods().filter((method) => method === "chat.postMessage")).toEqual([]);
  await mouth.post(card(), delivery("card:1"));
  expect(slack.messages("C0OPS")).toHaveLength(1);
});

it.each(["news", "file"] as const)("says %s below the card once, also when the answer was lost", async (tone) => {
  const id = await mouth.post(card(), delivery("card:1"));
  const call = tone === "file" ? "files.completeUploadExternal" : "chat.postMessage";
  slack.troubles.loseAnswers(1, [call]);
  const said = saying({ tone, text: "a line\n".repeat(1000) });
  await expect(mouth.say(said, id, delivery("line:1"))).rejects.toThrow("fetch failed");
  const messages = tone === "file" ? 2 : 1;
  await slack.until(() => slack.thread(id).length === messages);
  await mouth.say(said, id, delivery("line:1"));
  expect(slack.thread(id)).toHaveLength(messages);
  if (tone === "file") expect(String(slack.thread(id)[1]?.files[0]?.content)).toBe(said.text);
  // Another process, after the one that said it did not come to note it.
  await another().say(said, id, delivery("line:1", { again: true }));
  expect(slack.thread(id)).toHaveLength(messages);
});

it("says results in the channel, news below the card, and rings only for whom it is", async () => {
  const id = await mouth.post(card(), delivery("card:1"));
  await mouth.say(saying({ tone: "result", text: "prod was restarted" }), id, delivery("line:1"));
  await mouth.say(
    saying({ text: "<!channel> @here <@U0ALICE> needs you", mentions: ["bob", "nobody"] }),
    id,
    delivery("line:2"),
  );
  expect(slack.messages("C0OPS").at(-1)?.text).toContain("prod was restarted");
  expect(slack.thread(id)).toHaveLength(1);
  expect(new Set(slack.world.pings.map(({ target }) => target))).toEqual(new Set(["U0BOB"]));
});

it("goes on in a new message where the old one is gone or too old, and in one only", async () => {
  const id = await mouth.post(card(), delivery("card:1"));
  const message = slack.world.find("C0OPS", id);
  if (message === undefined) throw new Error("there is no message");
  slack.world.remove(message);
  const next = await mouth.update(id, card({ verdict: "step two" }), delivery("card:1:2"));
  expect(next).not.toBe(id);
  expect(await mouth.update(id, card({ verdict: "step three" }), delivery("card:1:3"))).toBe(next);
  expect(await another().update(id, ended, delivery("card:1:4"))).toBe(next);
  clock.advance(day + 1);
  const last = await mouth.update(next, ended, delivery("card:1:5"));
  expect(slack.messages("C0OPS").map(({ ts }) => ts)).toEqual([next, last]);
  await mouth.say(saying(), id, delivery("line:1"));
  expect(slack.messages("C0OPS")).toHaveLength(3);
});

it("keeps progress within 40 updates a minute, and lets through what people wait for", async () => {
  const ids = await Promise.all([1, 2, 3].map((run) => mouth.post(card(), delivery(`card:${run}`))));
  const id = ids[0] ?? "";
  let busy = 0;
  const end = clock.now() + 60_000;
  for (let count = 0; clock.now() < end; count += 1) {
    await mouth.update(id, card({ verdict: `${count}` }), delivery(`card:1:${count}`)).catch((error: unknown) => {
      expect(error).toBeInstanceOf(MouthBusy);
      busy += 1;
    });
    clock.advance(500);
  }
  expect(busy).toBeGreaterThan(0);
  const progress = methods().filter((method) => method === "chat.update").length;
  expect(progress).toBeGreaterThan(30);
  expect(progress).toBeLessThanOrEqual(40);
  for (let count = 0; count < 10; count += 1) await mouth.update(id, ended, delivery(`card:1:end${count}`));
  expect(limited).toBe(0);
});

it("says nothing as long as Slack has said, and then the end before any progress", async () => {
  const [one, two] = [await mouth.post(card(), delivery("card:1")), await mouth.post(card(), delivery("card:2"))];
  slack.troubles.everythingIs429(1, 30, ["chat.update"]);
  const update = (id: string, shown: Card) =>
    mouth.update(id, shown, delivery(`${id}:${clock.now()}`)).then(
      () => 0,
      (error: unknown) => (error instanceof MouthBusy ? error.afterMs : String(error)),
    );
  expect(await update(one, card())).toBe(30_000);
  expect(await update(two, ended)).toBe(30_000);
  clock.advance(30_000);
  expect([await update(one, card()), await update(two, ended)]).toEqual([2000, 0]);
  expect(limited).toBe(1);
});

it("posts no more than a channel takes, and as much in another one", async () => {
  for (const run of [1, 2, 3]) await mouth.post(card(), delivery(`card:${run}`));
  await expect(mouth.post(card(), delivery("card:4"))).rejects.toMatchObject({ name: "MouthBusy", afterMs: 1000 });
  await mouth.post(card(), delivery("card:5", { place: "slack:C0PRIVATE" }));
  clock.advance(1000);
  await mouth.post(card(), delivery("card:4"));
  expect(limited).toBe(0);
});

it("keeps trying in a channel the bot may be invited to, and gives up on one that is archived", async () => {
  slack.world.channels.get("C0OPS")?.members.delete("U0NONET");
  const removed = await mouth.post(card(), delivery("card:1")).catch((error: unknown) => error);
  const unseen = await mouth
    .post(card(), delivery("card:2", { place: "slack:C0NOWHERE" }))
    .catch((error: unknown) => error);
  for (const error of [removed, unseen]) {
    expect(error).toBeInstanceOf(OpsError);
    expect(String((error as OpsError).hint)).toContain("/invite @nonet");
  }
  slack.world.channels.get("C0OPS")?.members.add("U0NONET");
  expect(await mouth.post(card(), delivery("card:1"))).toBe(slack.messages("C0OPS")[0]?.ts);
  await expect(mouth.post(card(), delivery("card:3", { place: "slack:C0OLD" }))).rejects.toBeInstanceOf(MouthError);
});

it("says which scope is missing, and does without the one it can do without", async () => {
  slack.tokens.scopes = ["chat:write"];
  const id = await mouth.post(card(), delivery("card:1"));
  await expect(mouth.say(saying({ tone: "file" }), id, delivery("line:1"))).rejects.toThrow("It needs files:write.");
});

it("says that the token was revoked", async () => {
  const id = await mouth.post(card(), delivery("card:1"));
  expect(client.trouble()).toBeUndefined();
  slack.tokens.revoke("bot");
  await expect(mouth.update(id, ended, delivery("card:1:2"))).rejects.toMatchObject({ code: "slack_unauthorized" });
  expect(client.trouble()?.message).toContain("token_revoked");
});

it("gives up waiting when somebody else may say it, and looks before it says it again", async () => {
  const held = Promise.withResolvers<void>();
  const closing = new AbortController();
  slack.troubles.answersWaitFor((method) => (method === "chat.postMessage" ? held.promise : Promise.resolve()));
  const posting = mouth.post(card(), delivery("card:1", { signal: closing.signal }));
  await slack.until(() => slack.messages("C0OPS").length === 1);
  closing.abort();
  await expect(posting).rejects.toThrow("did not answer in time");
  slack.troubles.answersWaitFor(null);
  expect(await mouth.post(card(), delivery("card:1"))).toBe(slack.messages("C0OPS")[0]?.ts);
  held.resolve();
});
