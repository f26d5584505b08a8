import { expect, it } from "vitest";
import { shortcutId } from "../../../src/chat/slack/shortcut.ts";
import { openStage, privately, shows } from "./fixture.ts";

it("acknowledges a command, shows its card, and takes the yes of a second person", async () => {
  const { slack, card } = await openStage();
  const outcome = await slack.as("U0ALICE").in("C0OPS").types("/cluster restart prod");
  expect(outcome.trouble).toBeNull();
  const asking = await card("Without an answer");
  await slack.as("U0ALICE").in("C0OPS").clicks(asking, "Approve");
  expect(await privately(slack, "U0ALICE")).toContain("needs the yes of somebody else");
  await slack.as("U0BOB").in("C0OPS").clicks(asking, "Approve");
  expect((await card("restarted")).ts).toBe(asking.ts);
});

it("changes the blocks' ids with every update, and keeps the buttons' ids", async () => {
  const { slack, card } = await openStage();
  await slack.as("U0ALICE").in("C0OPS").types("/cluster restart prod");
  const asking = await card("Without an answer");
  await slack.as("U0BOB").in("C0OPS").clicks(asking, "Approve");
  await card("restarted");
  const seen = asking.versions.flatMap(({ blocks }) => blocks.map(({ block_id: id }) => id));
  expect(new Set(seen).size).toBe(seen.length);
  expect(asking.metadata).toEqual({ event_type: "nonet_said", event_payload: { key: expect.any(String) } });
});

it("says details below the card, and rings for those who may answer", async () => {
  const { slack, card } = await openStage();
  await slack.as("U0ALICE").in("C0OPS").types("/cluster restart prod");
  const asking = await card("Without an answer");
  await slack.until(() => slack.world.pings.length > 0);
  expect(slack.world.pings.map(({ channel }) => channel)).toContain("C0OPS");
  expect(slack.thread(asking.ts).length).toBeGreaterThan(0);
});

it("takes every command under /nonet, from a keyboard that corrects what is typed", async () => {
  const { slack, card } = await openStage();
  await slack
    .as("U0ALICE")
    .in("C0OPS")
    .types("/nonet cluster restart\u00a0prod \u2014reason \u201cthe disk\u201d is full");
  await card("Without an answer");
  await slack.as("U0CAROL").in("C0OPS").types("/nonet");
  expect(await privately(slack, "U0CAROL")).toContain("commands");
});

it("says what could have been meant", async () => {
  const { slack } = await openStage();
  await slack.as("U0ALICE").in("C0OPS").types("/cluster restrat prod");
  expect(await privately(slack, "U0ALICE")).toContain("Did you mean /cluster restart?");
  await slack.as("U0ALICE").in("C0OPS").types("/cluster");
  expect(await privately(slack, "U0ALICE", 2)).toContain("needs one more word");
  expect(slack.messages("C0OPS")).toEqual([]);
});

it("shows looks to the one who looked, and changes to everybody", async () => {
  const { slack } = await openStage();
  await slack.as("U0ALICE").in("C0OPS").types("/runs list");
  expect(await privately(slack, "U0ALICE")).toContain("0 runs");
  expect(slack.messages("C0OPS")).toEqual([]);
  await slack.as("U0ALICE").in("C0OPS").types("/freeze the site is down");
  await slack.until(() => slack.messages("C0OPS").some((message) => shows(message, "wait until /unfreeze")));
});

it("asks for the options that were left out, and says in the form what is wrong with them", async () => {
  const { slack, card } = await openStage();
  const alice = slack.as("U0ALICE");
  await alice.in("C0OPS").types("/cluster scale");
  await slack.until(() => alice.modal !== null);
  const [modal] = slack.world.views;
  if (modal === undefined) throw new Error("there is no form");
  const wrong = await alice.submits(modal, { name: "Not A Name", web: "4" });
  expect(wrong.trouble).toMatch(/^name: /);
  const right = await alice.submits(modal, { name: "prod", web: "4" });
  expect([right.trouble, alice.modal]).toEqual([null, null]);
  await card("Without an answer");
});

it("asks for the name of the cluster where data is at stake", async () => {
  const { slack, card } = await openStage();
  const [alice, bob] = [slack.as("U0ALICE"), slack.as("U0BOB")];
  await alice.in("C0OPS").types("/cluster wipe prod");
  const asking = await card("Approve");
  await alice.in("C0OPS").clicks(asking, "Approve");
  await slack.until(() => alice.modal !== null);
  const typed = Object.keys(submittable(alice.modal?.view["blocks"]))[0] ?? "";
  if (alice.modal === null) throw new Error("there is no form");
  expect((await alice.submits(alice.modal, { [typed]: "prud" })).trouble).toBeNull();
  expect(await privately(slack, "U0ALICE")).toContain("not the cluster's name");
  await alice.in("C0OPS").clicks(asking, "Approve");
  await slack.until(() => alice.modal !== null);
  if (alice.modal === null) throw new Error("there is no form");
  await alice.submits(alice.modal, { [typed]: "prod" });
  await card("1 of 2");
  await bob.in("C0OPS").clicks(asking, "Approve");
  await slack.until(() => bob.modal !== null);
  if (bob.modal === null) throw new Error("there is no form");
  await bob.submits(bob.modal);
  await card("wiped");
});

it("runs a command from a thread, where Slack takes none", async () => {
  const { slack, card } = await openStage();
  const alice = slack.as("U0ALICE");
  const thread = slack.world.post({ channel: "C0OPS", user: "U0BOB", text: "it is slow again" });
  const reply = slack.world.post({ channel: "C0OPS", user: "U0BOB", text: "restart?", threadTs: thread.ts });
  await alice.in("C0OPS").usesShortcut(shortcutId, reply);
  await slack.until(() => alice.modal !== null);
  if (alice.modal === null) throw new Error("there is no form");
  await alice.submits(alice.modal, { line: "runs list" });
  await slack.until(() => slack.ephemeral("U0ALICE").length > 0);
  expect(slack.ephemeral("U0ALICE")[0]?.threadTs).toBe(thread.ts);
  await alice.in("C0OPS").usesShortcut(shortcutId, reply);
  await slack.until(() => alice.modal !== null);
  await alice.submits(alice.modal, { line: "/cluster restart prod" });
  await card("Without an answer");
});

it("keeps a home tab with what is going on, for whoever opened it", async () => {
  const { slack, card } = await openStage();
  const alice = slack.as("U0ALICE");
  await alice.opensHome();
  await slack.until(() => alice.home !== null);
  const before = JSON.stringify(alice.home?.view);
  await alice.in("C0OPS").types("/cluster restart prod");
  await card("Without an answer");
  await alice.in("C0OPS").types("/runs list");
  await slack.until(() => JSON.stringify(alice.home?.view) !== before);
  expect(slack.as("U0BOB").home).toBeNull();
});

it("shows in a form what does not fit into a message", async () => {
  const { slack, card } = await openStage();
  await slack.as("U0ALICE").in("C0OPS").types("/cluster restart long");
  const asking = await card("Without an answer");
  const bob = slack.as("U0BOB");
  await bob.in("C0OPS").clicks(asking, "Approve");
  expect(await privately(slack, "U0BOB")).toContain("Whole plan");
  await bob.in("C0OPS").clicks(asking, "Whole plan");
  await slack.until(() => bob.modal !== null);
  expect(JSON.stringify(bob.modal?.view)).toContain("/etc/file199");
  await bob.in("C0OPS").clicks(asking, "Approve");
  await card("restarted");
});

it("says where the card of a run cannot be shown", async () => {
  const { slack, world, card } = await openStage();
  await slack.as("U0ALICE").in("C0OPS").types("/cluster restart prod");
  await card("Without an answer");
  const [run] = (await world.engine.latest(null)).runs;
  await slack.as("U0ALICE").in("C0OTHER").types(`/runs show ${run?.id}`);
  expect(await privately(slack, "U0ALICE")).toContain("The bot is not in this channel");
});

/** The inputs of a form, by block id. */
function submittable(blocks: unknown): Record<string, unknown> {
  const inputs = (Array.isArray(blocks) ? blocks : []).filter(({ type }: { type: string }) => type === "input");
  return Object.fromEntries(inputs.map(({ block_id: id }: { block_id: string }) => [id, null]));
}
