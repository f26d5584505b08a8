import { expect, it } from "vitest";
import { actionId } from "../../../src/core/action.ts";
import { Refusal } from "../../fakes/slack/refusal.ts";
import type { Shape } from "../../fakes/slack/shape.ts";
import { openStage, privately, shows, type Stage } from "./fixture.ts";

/** A card that asks, and what was sent to the bot when somebody pressed its button. */
async function pressed(stage: Stage, user = "U0ALICE") {
  const { slack, card } = stage;
  await slack.as("U0ALICE").in("C0OPS").types("/cluster restart prod");
  const asking = await card("Without an answer");
  const { delivery } = await slack.as(user).in("C0OPS").clicks(asking, "Approve");
  if (delivery === null) throw new Error("nothing was sent");
  // The address for answers is that of whoever pressed; what is forged from this comes without.
  const { response_url: _, ...payload } = structuredClone(delivery.payload);
  return { asking, payload: payload as Payload };
}

type Payload = Shape & {
  user: Shape;
  team: Shape;
  container: Shape;
  actions: Shape[];
};

const unanswered = async ({ world }: Stage) => {
  const [run] = (await world.engine.latest(null)).runs;
  return run?.state;
};

it.each([
  ["U0GUEST", "Guests"],
  ["U0ROBOT", "Bots"],
  ["U0GONE", "deactivated"],
])("takes nothing from %s, whatever the configuration allows: %s", async (user, words) => {
  const { slack, world } = await openStage();
  await slack.as(user).in("C0OPS").types("/cluster restart prod");
  expect(await privately(slack, user)).toContain(words);
  expect((await world.engine.latest(null)).runs).toEqual([]);
});

it("hears nobody from another workspace, and nothing of another app", async () => {
  const stage = await openStage();
  const { slack, world, logged } = stage;
  await slack.as("U0STRANGER").in("C0SHARED").types("/cluster restart prod");
  const command = slack.deliveries.at(-1)?.payload ?? {};
  await slack.deliver("slash_commands", { ...command, team_id: "T0ACME", api_app_id: "A0OTHER", trigger_id: "1.1" });
  await slack.deliver("slash_commands", { ...command, team_id: "T0ACME", trigger_id: "1.2" });
  expect(await privately(slack, "U0STRANGER")).toContain("Only members of this workspace");
  expect((await world.engine.latest(null)).runs).toEqual([]);
  expect(logged.filter((line) => line.includes("came from elsewhere"))).toHaveLength(2);
});

it("lets nobody change anything where other organisations read along", async () => {
  const { slack, world } = await openStage();
  await slack.as("U0ALICE").in("C0SHARED").types("/cluster restart prod");
  await slack.until(() => slack.ephemeral("U0ALICE").length > 0);
  expect((await world.engine.latest(null)).runs).toEqual([]);
});

it("notices that somebody became a guest within a minute", async () => {
  let now = Date.now();
  const { slack } = await openStage({ options: { now: () => now } });
  await slack.as("U0ALICE").in("C0OPS").types("/runs list");
  await privately(slack, "U0ALICE");
  slack.as("U0ALICE").user.kind = "guest";
  now += 60_000;
  await slack.as("U0ALICE").in("C0OPS").types("/runs list");
  expect(await privately(slack, "U0ALICE", 2)).toContain("Guests");
});

it("does nothing for anybody while Slack does not say who it is", async () => {
  const { slack, world } = await openStage();
  slack.troubles.fail(1, 503, ["users.info"]);
  await slack.as("U0ALICE").in("C0OPS").types("/cluster restart prod");
  expect(await privately(slack, "U0ALICE")).toContain("Slack does not say who you are");
  expect((await world.engine.latest(null)).runs).toEqual([]);
});

it("takes no button it did not make, and none under another message, channel or run", async () => {
  const stage = await openStage();
  const { slack } = stage;
  const { payload, asking } = await pressed(stage);
  const other = slack.world.post({ channel: "C0OPS", user: "U0NONET", botId: "B0NONET", text: "another card" });
  const fresh = (parts: Shape, at: string): Shape => ({
    ...payload,
    user: { ...payload.user, id: "U0BOB" },
    actions: [{ ...payload.actions[0], action_ts: at }],
    ...parts,
  });
  const stamp = Date.now() / 1000;
  const run = (await stage.world.engine.latest(null)).runs[0]?.id ?? "";
  const forged = [
    fresh({ container: { ...payload.container, message_ts: other.ts } }, `${stamp}1`),
    fresh({ container: { ...payload.container, channel_id: "C0PRIVATE" } }, `${stamp}2`),
    fresh({ actions: [{ action_id: "nonsense", action_ts: `${stamp}3` }] }, ""),
    fresh(
      { actions: [{ action_id: actionId({ deed: "approve", target: run, hash: "0123" }), action_ts: `${stamp}4` }] },
      "",
    ),
  ];
  for (const [count, each] of forged.entries()) {
    await slack.deliver("interactive", each);
    expect(await privately(slack, "U0BOB", count + 1)).toMatch(/does not belong|no such button|has changed/);
  }
  expect(await unanswered(stage)).toBe("waiting");
  await slack.as("U0BOB").in("C0OPS").clicks(asking, "Approve");
  await stage.card("restarted");
});

it("takes a click of more than ten minutes ago for none", async () => {
  const stage = await openStage();
  const { payload } = await pressed(stage);
  const late = { ...payload.actions[0], action_ts: String(Date.now() / 1000 - 601) };
  await stage.slack.deliver("interactive", { ...payload, user: { id: "U0BOB" }, actions: [late] });
  expect(await privately(stage.slack, "U0BOB")).toContain("ten minutes late");
  expect(await unanswered(stage)).toBe("waiting");
});

it("does nothing twice that Slack sends twice", async () => {
  const submitted: string[] = [];
  const { slack, card } = await openStage({
    between: (desk) => ({
      ...desk,
      submit: (text, caller) => {
        submitted.push(text);
        return desk.submit(text, caller);
      },
    }),
  });
  slack.sockets.duplicates = 1;
  const { delivery } = await slack.as("U0ALICE").in("C0OPS").types("/cluster restart prod");
  if (delivery === null || slack.sockets.deliveries[0] === undefined) throw new Error("nothing was sent");
  slack.sockets.resend(slack.sockets.deliveries[0]);
  await slack.deliver("slash_commands", delivery.payload);
  await card("Without an answer");
  expect(submitted).toEqual(["/cluster restart prod"]);
});

it("makes one decision of a hundred clicks of several people", async () => {
  const stage = await openStage();
  const { slack, card, world } = stage;
  const { asking } = await pressed(stage);
  const clicks = Array.from({ length: 100 }, (_, click) =>
    slack
      .as(click % 2 === 0 ? "U0BOB" : "U0CAROL")
      .in("C0OPS")
      .clicks(asking, "Approve"),
  );
  const outcomes = await Promise.all(clicks);
  expect(outcomes.filter(({ trouble }) => trouble !== null)).toEqual([]);
  await card("restarted");
  const [run] = (await world.engine.latest(null)).runs;
  expect(run).toMatchObject({ state: "done", approval: { by: "bob" } });
  expect(slack.messages("C0OPS").filter((message) => shows(message, "restart"))).toHaveLength(1);
});

it("says that a form came too late for Slack to show it", async () => {
  const { slack } = await openStage();
  slack.links.exchange = () => {
    throw new Refusal("expired_trigger_id");
  };
  await slack.as("U0ALICE").in("C0OPS").types("/cluster scale");
  expect(await privately(slack, "U0ALICE")).toContain("too late");
});
