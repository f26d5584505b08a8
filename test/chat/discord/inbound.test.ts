import { InteractionType } from "discord-api-types/v10";
import { expect, it } from "vitest";
import { Blueprint } from "../../../src/core/cluster.ts";
import type { Draft } from "../../fakes/discord/people.ts";
import { never } from "../../engine/fixture.ts";
import { ids } from "../../fakes/discord/sample.ts";
import { asking, openTeam, read, type Team } from "./team.ts";

const click = (
  userId: string,
  customId: string,
  source: Draft["source"] = null,
  channelId: string = ids.ops,
): Draft => ({
  userId,
  channelId,
  type: InteractionType.MessageComponent,
  data: { component_type: 2, custom_id: customId },
  source,
});

const command = (userId: string, name = "freeze", channelId: string = ids.ops): Draft => ({
  userId,
  channelId,
  type: InteractionType.ApplicationCommand,
  data: { id: "1", name, type: 1, options: [{ name: "reason", type: 3, value: "a test" }] },
});

const approveOf = async ({ world }: Team, runId: string): Promise<string> => {
  const hash = (await world.engine.view(runId))?.approval?.hash ?? "";
  return `approve:${runId}:${hash.slice(0, 16)}`;
};

it("knows no button but its own, under its own card, in its own channel", async () => {
  const team = await openTeam();
  const { discord, world } = team;
  const { card, runId } = await asking(team);
  const other = await asking(team, "cluster restart", "staging");
  const approve = await approveOf(team, runId);
  const forged = [
    click(ids.bob, "approve:everything", card),
    click(ids.bob, approve, other.card),
    click(ids.bob, approve, null),
    click(ids.bob, approve, card, ids.dev),
    click(ids.bob, approve.replace(/[0-9a-f]{16}$/, "0123456789abcdef"), card),
    click(ids.bob, "", card),
  ];
  for (const draft of forged) {
    const sent = discord.forge(draft);
    await discord.until(() => sent.ack !== null);
    expect(sent.replies[0]?.ephemeralFor).toBe(ids.bob);
  }
  expect(await world.engine.view(runId)).toMatchObject({ state: "waiting" });
  expect(await world.engine.view(other.runId)).toMatchObject({ state: "waiting" });
  expect(discord.wrongs).toEqual([]);
});

it("listens to members of its own server only", async () => {
  const team = await openTeam();
  const { discord } = team;
  const alice = { id: ids.alice, username: "alice", bot: false };
  const refused = [
    discord.forge(command(ids.alice, "freeze", ids.dm)),
    discord.forge(command(ids.alice, "freeze", ids.otherChannel)),
    discord.forge(command(ids.dora, "freeze", ids.otherChannel)),
    discord.forge(command(ids.alice), { guild_id: ids.otherGuild }),
    discord.forge(command(ids.alice), { guild_id: undefined }),
    discord.forge(command(ids.alice), { member: undefined, user: alice }),
    discord.forge(command(ids.alice), { member: { user: { ...alice, bot: true }, flags: 0 } }),
    discord.forge(command(ids.alice), { member: { user: alice, flags: 1 << 4 } }),
    discord.forge(command(ids.alice), { authorizing_integration_owners: { 1: ids.alice } }),
    discord.forge(command(ids.alice), { context: 2 }),
  ];
  await discord.until(() => refused.every(({ ack }) => ack !== null));
  for (const { replies, userId } of refused) {
    expect(read(replies[0])).toMatch(/^Nonet (answers|does not listen)/);
    expect(replies[0]?.ephemeralFor).toBe(userId);
  }
  const foreign = discord.forge(command(ids.alice), { application_id: "901" });
  const broken = discord.forge(command(ids.alice), { token: undefined });
  const stranger = discord.forge(command(ids.admin));
  await discord.until(() => stranger.original?.loading === false);
  expect(read(stranger.original)).toContain("freeze");
  expect([foreign.ack, broken.ack]).toEqual([null, null]);
  expect(discord.messages(ids.ops)).toEqual([]);
  expect(discord.wrongs).toEqual([]);
});

it("hears an interaction once, however often Discord sends it", async () => {
  const team = await openTeam();
  const { discord } = team;
  const sent = discord.forge(command(ids.alice));
  for (let again = 0; again < 5; again += 1) discord.gateway.dispatch("INTERACTION_CREATE", sent.wire, ids.guild);
  const last = discord.as(ids.alice).in(ids.ops).types("help");
  await discord.until(() => last.original?.loading === false);
  expect(discord.messages(ids.ops)).toHaveLength(1);
  expect(discord.wrongs).toEqual([]);
});

it("leaves what another process has taken to that process", async () => {
  const team = await openTeam();
  const { discord, desk } = team;
  await team.another().listen(desk);
  const sent = discord.forge(command(ids.alice));
  await discord.until(() => sent.replies.length === 0 && discord.messages(ids.ops).length === 1);
  await discord.until(() => discord.exchanges.some(({ code }) => code === 40_060));
  await team.bot.close();
  expect(discord.messages(ids.ops)).toHaveLength(1);
  expect(discord.wrongs).toEqual([`interaction ${sent.wire.id} was acknowledged twice`]);
});

it("takes a hundred clicks of two people for one decision, and acknowledges them all", async () => {
  const team = await openTeam();
  const { discord, world } = team;
  const { card, runId } = await asking(team);
  const approve = await approveOf(team, runId);
  const clicks = Array.from({ length: 100 }, (_, at) =>
    discord.forge(click(at % 2 === 0 ? ids.bob : ids.alice, approve, card)),
  );
  await discord.until(() => clicks.every(({ ack }) => ack !== null));
  expect(await world.engine.finished(runId, never)).toMatchObject({
    state: "done",
    approval: { by: "bob", votes: [] },
  });
  expect(clicks.filter(({ late }) => late)).toHaveLength(0);
  expect(discord.wrongs).toEqual([]);
});

it("acknowledges 500 commands that come at once", async () => {
  // The clock stands still: how long it takes on this machine is for the benchmark to say.
  let stopped: number | null = null;
  const team = await openTeam({ now: () => stopped ?? Date.now() });
  const { discord } = team;
  const alice = discord.as(ids.alice).in(ids.ops);
  const card = await team.desk.use("help", {}, { via: "discord", id: ids.alice, channel: ids.ops });
  team.desk.use = () => Promise.resolve(card);
  stopped = Date.now();
  const sent = Array.from({ length: 500 }, () => alice.types("help"));
  await discord.until(() => sent.every(({ ack, late }) => ack !== null || late));
  stopped = null;
  expect(sent.filter(({ late }) => late)).toHaveLength(0);
  expect(discord.wrongs).toEqual([]);
});

it("acknowledges again when the answer of Discord is lost, and does the thing once", async () => {
  const team = await openTeam();
  const { discord } = team;
  discord.inflict({ kind: "lost" }, { method: "POST", path: /^\/interactions/, times: 1 });
  const sent = discord.forge(command(ids.alice));
  await discord.until(() => sent.replies.length === 0 && discord.messages(ids.ops).length === 1);
  // The stand-in cannot know that the first answer was lost.
  expect(discord.wrongs).toEqual([`interaction ${sent.wire.id} was acknowledged twice`]);
});

it("does what was asked for while it was not connected, and says so in the channel", async () => {
  const team = await openTeam();
  const { discord, world } = team;
  const { card, runId } = await asking(team);
  discord.gateway.down = true;
  discord.gateway.cut();
  const approved = discord.as(ids.bob).in(ids.ops).clicks(card, "Approve");
  const look = discord.as(ids.alice).in(ids.ops).types("help");
  const denied = discord.as(ids.carol).in(ids.ops).types("freeze", { reason: "a test" });
  team.pass(20_000);
  discord.gateway.down = false;
  expect(await world.engine.finished(runId, never)).toMatchObject({ state: "done", approval: { by: "bob" } });
  expect([approved.late, approved.ack]).toEqual([true, null]);
  await discord.until(() => discord.messages(ids.ops).filter((each) => read(each).includes("s late.")).length === 2);
  const late = discord.messages(ids.ops).filter((each) => read(each).includes("s late."));
  expect(new Set(late.flatMap(({ pings }) => pings.users))).toEqual(new Set([ids.alice, ids.carol]));
  expect(late.map(read).join(" ")).toMatch(/please ask again/);
  expect(late.map(read).join(" ")).not.toMatch(/operator|admin|may not/);
  expect([look.ack, denied.ack]).toEqual([null, null]);
  expect(discord.wrongs).toEqual([]);
});

it("decides nothing by a click that is older than ten minutes", async () => {
  const team = await openTeam();
  const { discord, world } = team;
  const { card, runId } = await asking(team);
  const gate = Promise.withResolvers<void>();
  discord.inflict({ kind: "slow", until: gate.promise }, { path: /^\/interactions/, times: 1 });
  const sent = discord.as(ids.bob).in(ids.ops).clicks(card, "Approve");
  team.pass(11 * 60_000);
  gate.resolve();
  await discord.until(() => sent.late);
  await expect.poll(() => team.log.some(({ message }) => message.includes("too late"))).toBe(true);
  expect(await world.engine.view(runId)).toMatchObject({ state: "waiting" });
  expect(discord.messages(ids.ops)).toHaveLength(1);
});

it("suggests nothing of what somebody may not use, and no more than Discord takes", async () => {
  const team = await openTeam();
  const { discord, world } = team;
  for (let at = 0; at < 40; at += 1)
    await world.state.clusters.configure(Blueprint.parse({ name: `prod${at}`, operators: ["198.18.0.1/32"] }));
  const suggested = async (who: string, name: string) =>
    discord.as(who).in(ids.ops).completes("cluster restart", { name }, "name");
  expect(await suggested(ids.alice, "prod")).toHaveLength(25);
  expect(await suggested(ids.alice, "prod39")).toEqual([{ name: "prod39", value: "prod39" }]);
  expect(await suggested(ids.carol, "prod")).toEqual([]);
  expect(await suggested(ids.admin, "prod")).toEqual([]);
  world.state.clusters.list = () => Promise.reject(new Error("the disk is gone"));
  expect(await suggested(ids.alice, "prod")).toEqual([]);
  expect(discord.wrongs).toEqual([]);
});
