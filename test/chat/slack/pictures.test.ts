import { beforeEach, expect, it, onTestFinished } from "vitest";
import { openSlackClient } from "../../../src/chat/slack/client.ts";
import { slackMouth } from "../../../src/chat/slack/mouth.ts";
import { MouthUnfinished, type Mouth } from "../../../src/core/mouth.ts";
import { Secret } from "../../../src/core/secret.ts";
import { TestClock } from "../../fakes/slack/clock.ts";
import { openFakeSlack } from "../../fakes/slack/open.ts";
import type { FakeSlack } from "../../fakes/slack/slack.ts";
import { clusters } from "../../render/samples.ts";
import { shows } from "./fixture.ts";
import { card, delivery, ended } from "./said.ts";

let slack: FakeSlack;
let mouth: Mouth;
let warned: PromiseWithResolvers<string>;

beforeEach(async () => {
  const clock = new TestClock();
  // Of this test's own mouth: an earlier one may still hear that its picture cannot be sent any more.
  const own = Promise.withResolvers<string>();
  warned = own;
  slack = await openFakeSlack({ clock });
  const nothing = () => undefined;
  const client = openSlackClient(new Secret(slack.tokens.bot), {
    apiUrl: slack.apiUrl,
    log: { info: nothing, warn: nothing, error: nothing },
    onRateLimit: nothing,
  });
  mouth = slackMouth({
    slack: client,
    app: "A0NONET",
    idOf: nothing,
    now: () => clock.now(),
    log: { warn: (_context, message) => own.resolve(message) },
  });
  onTestFinished(() => slack.close());
});

const methods = () => slack.calls.map(({ method }) => method);

it("says the words of a card at once, and shows its picture as soon as that is in Slack", async () => {
  const picture = clusters.healthy;
  const posting = mouth.post(card({ picture }), delivery("card:1"));
  await expect(posting).rejects.toMatchObject({ name: "MouthUnfinished", afterMs: 2000 });
  const [message] = slack.messages("C0OPS");
  await expect(posting).rejects.toMatchObject({ messageId: message?.ts });
  expect(JSON.stringify(message?.blocks)).toContain("Cluster demo at 25 Nov 2026");
  await slack.until(() => methods().includes("files.completeUploadExternal"));
  const id = message?.ts ?? "";
  await untilUploaded(() => mouth.update(id, card({ picture }), delivery("card:1:1")));
  await mouth.update(id, { ...ended, picture }, delivery("card:1:2"));
  expect(methods().filter((method) => method === "files.getUploadURLExternal")).toHaveLength(1);
  const [file] = slack.world.files.keys();
  expect(message !== undefined && shows(message, file ?? "none")).toBe(true);
});

/** Says it again as the outbox would, until the picture's upload has been noticed. */
async function untilUploaded(say: () => Promise<string>): Promise<string> {
  for (;;) {
    try {
      return await say();
    } catch (error) {
      if (!(error instanceof MouthUnfinished)) throw error;
      await new Promise(setImmediate);
    }
  }
}

it("does without a picture that Slack keeps refusing", async () => {
  const picture = clusters.healthy;
  slack.world.unseenPictures = 99;
  await expect(mouth.post(card({ picture }), delivery("card:1"))).rejects.toBeInstanceOf(MouthUnfinished);
  const id = slack.messages("C0OPS")[0]?.ts ?? "";
  for (let attempt = 1; attempt < 5; attempt += 1) {
    const again = mouth.update(id, { ...ended, picture }, delivery(`card:1:${attempt}`));
    await expect(again).rejects.toMatchObject({ name: "MouthUnfinished", messageId: id });
    expect(JSON.stringify(slack.messages("C0OPS")[0]?.blocks)).toContain("all is well");
  }
  expect(await mouth.update(id, { ...ended, picture }, delivery("card:1:9"))).toBe(id);
  expect(JSON.stringify(slack.messages("C0OPS")[0]?.blocks)).not.toContain("slack_file");
});

it("shows a card without its picture where it may not upload any, and says why in the log", async () => {
  slack.tokens.scopes = ["chat:write", "channels:history", "groups:history"];
  const picture = clusters.healthy;
  // The words may be said before the refusal is heard, or after.
  await mouth.post(card({ picture }), delivery("card:1")).catch(() => undefined);
  expect(await warned.promise).toBe("a picture is not in Slack: its words are shown");
  const id = slack.messages("C0OPS")[0]?.ts ?? "";
  expect(await mouth.update(id, card({ picture }), delivery("card:1:2"))).toBe(id);
});
