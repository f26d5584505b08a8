import { expect, it } from "vitest";
import { WebSocket } from "ws";
import { z } from "zod";
import type { Desk } from "../../../src/core/desk.ts";
import { TestClock } from "../../fakes/slack/clock.ts";
import type { FakeSlack } from "../../fakes/slack/slack.ts";
import { never } from "../../engine/fixture.ts";
import { openStage, shows } from "./fixture.ts";

/** How few connections there were since, and how many were opened. */
function watched(slack: FakeSlack): { least: number; opened: number } {
  const seen = { least: slack.sockets.connections, opened: 0 };
  let before = seen.least;
  slack.world.onChange(() => {
    const { connections } = slack.sockets;
    if (connections > before) seen.opened += 1;
    seen.least = Math.min(seen.least, connections);
    before = connections;
  });
  return seen;
}

const both = (slack: FakeSlack) => slack.until(() => slack.sockets.connections === 2);
const opened = ({ calls }: FakeSlack) => calls.filter(({ method }) => method === "apps.connections.open").length;

it("answers over the other connection while one is being opened again", async () => {
  const { slack } = await openStage();
  await both(slack);
  slack.sockets.cut(1);
  await slack.until(() => slack.sockets.connections === 1);
  expect((await slack.as("U0ALICE").in("C0OPS").types("/runs list")).trouble).toBeNull();
  await both(slack);
});

it("opens the next connection before Slack closes the last", async () => {
  const { slack } = await openStage();
  await both(slack);
  const seen = watched(slack);
  slack.sockets.disconnect("warning");
  await slack.until(() => seen.opened === 2 && slack.sockets.connections === 2);
  expect(seen.least).toBe(2);
  slack.sockets.disconnect("refresh_requested", 1);
  await slack.until(() => seen.opened === 3);
  expect(seen.least).toBe(1);
  expect((await slack.as("U0ALICE").in("C0OPS").types("/runs list")).trouble).toBeNull();
});

it("does what it heard also when its acknowledgement was cut off, and does it once", async () => {
  const clock = new TestClock();
  const { slack, card, world } = await openStage({ slack: { clock } });
  await both(slack);
  slack.sockets.cutAcks = 1;
  const typing = slack.as("U0ALICE").in("C0OPS").types("/cluster restart prod");
  await card("Without an answer");
  clock.advance(3000);
  const { trouble, delivery } = await typing;
  expect(trouble).toContain("operation_timeout");
  if (delivery === null) throw new Error("nothing was sent");
  await both(slack);
  slack.sockets.resend(delivery);
  await slack.as("U0ALICE").in("C0OPS").types("/runs list");
  await slack.until(() => slack.ephemeral("U0ALICE").some((message) => shows(message, "/runs list")));
  expect((await world.engine.latest(null)).runs).toHaveLength(1);
});

it("says that it hears nothing, why, and since when Slack is back hears again", async () => {
  const { slack, adapter, logged } = await openStage();
  await both(slack);
  expect(() => adapter.check()).not.toThrow();
  slack.down();
  await expect.poll(() => deaf(adapter)).toContain("No connection to Slack is open");
  slack.up();
  await both(slack);
  await expect.poll(() => deaf(adapter)).toBe("");
  expect(logged.join("\n")).toContain("a connection to Slack was lost or could not be made");
  expect(logged.join("\n")).toContain("what was typed and clicked meanwhile did not arrive");
});

it("says that Socket Mode was turned off", async () => {
  const { slack, logged } = await openStage();
  await both(slack);
  slack.sockets.disconnect("link_disabled");
  await expect.poll(() => logged.join("\n")).toContain("Socket Mode was turned off");
  await both(slack);
});

it("says that the app-level token is wrong, and goes on trying", async () => {
  const { slack, adapter } = await openStage();
  await both(slack);
  slack.tokens.revoke("app");
  slack.sockets.cut();
  await expect.poll(() => deaf(adapter)).toContain("Slack refuses the app-level token (token_revoked)");
});

it("warns when somebody else listens", async () => {
  const { slack, logged } = await openStage();
  await both(slack);
  const headers = { Authorization: `Bearer ${slack.tokens.app}` };
  const response = await fetch(`${slack.apiUrl}apps.connections.open`, { method: "POST", headers });
  const other = new WebSocket(z.object({ url: z.string() }).parse(await response.json()).url);
  await slack.until(() => slack.sockets.connections === 3);
  slack.sockets.cut(1);
  await expect.poll(() => logged.join("\n")).toContain("somebody else listens with this app token");
  other.terminate();
});

it("acknowledges five hundred commands at once", async () => {
  const between = (desk: Desk): Desk => ({ ...desk, submit: () => Promise.reject(new Error("done")) });
  const { slack } = await openStage({ between });
  await both(slack);
  const people = ["U0ALICE", "U0BOB", "U0CAROL"];
  const typed = Array.from({ length: 500 }, (_, at) =>
    slack
      .as(people[at % 3] ?? "")
      .in("C0OPS")
      .types("/runs list"),
  );
  const outcomes = await Promise.all(typed);
  expect(outcomes.filter(({ trouble }) => trouble !== null)).toEqual([]);
  await slack.until(() => people.flatMap((user) => slack.ephemeral(user)).length === 500);
  expect(slack.calls.filter(({ method }) => method === "users.info")).toHaveLength(3);
});

it("repairs a card after an hour without Slack", async () => {
  const { slack, card, world, desk } = await openStage();
  await slack.as("U0ALICE").in("C0OPS").types("/cluster restart prod");
  const asking = await card("Without an answer");
  slack.down();
  const [run] = (await world.engine.latest(null)).runs;
  await desk.decide(run?.id ?? "", { via: "slack", id: "U0BOB", channel: "C0OPS" }, "yes");
  await world.engine.finished(run?.id ?? "", never);
  for (let minute = 0; minute < 60; minute += 1) {
    world.clock.pass(60_000);
    await new Promise(setImmediate);
  }
  expect(shows(asking, "restarted")).toBe(false);
  slack.up();
  const repaired = card("restarted");
  world.clock.pass(60_000);
  expect((await repaired).ts).toBe(asking.ts);
  expect(slack.messages("C0OPS").filter((message) => shows(message, "restart prod"))).toHaveLength(1);
});

it("does nothing any more once it is closed", async () => {
  const { slack, adapter } = await openStage();
  await both(slack);
  await adapter.close();
  await slack.until(() => slack.sockets.connections === 0);
  const before = opened(slack);
  expect((await slack.as("U0ALICE").in("C0OPS").types("/runs list")).trouble).toContain("dispatch_failed");
  expect(opened(slack)).toBe(before);
});

function deaf(adapter: { check(): void }): string {
  try {
    adapter.check();
    return "";
  } catch (error) {
    return String(error);
  }
}
