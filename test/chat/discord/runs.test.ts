import { InteractionType } from "discord-api-types/v10";
import { expect, it } from "vitest";
import { Blueprint } from "../../../src/core/cluster.ts";
import { eventOf, never } from "../../engine/fixture.ts";
import { ids } from "../../fakes/discord/sample.ts";
import { asking, openTeam, read, stored, type Work } from "./team.ts";

const minutes = 60_000;

/** A step that takes as long as the test wants. */
function rebooting(): { readonly work: Work; readonly end: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const work: Work = (run) =>
    run.step({ name: "reboot", title: "Reboot" }, async () => {
      await promise;
      return { sentence: "all are up", value: undefined };
    });
  return { work, end: resolve };
}

it("carries a command from its first letter to the approval of a second person and to its end", async () => {
  const team = await openTeam();
  const { discord, world } = team;
  await world.state.clusters.configure(Blueprint.parse({ name: "prod", operators: ["198.18.0.1/32"] }));
  const alice = discord.as(ids.alice).in(ids.ops);
  const bob = discord.as(ids.bob).in(ids.ops);
  expect(await alice.completes("cluster restart", { name: "pr" }, "name")).toEqual([{ name: "prod", value: "prod" }]);
  const { card, runId } = await asking(team);
  const typed = discord.interactions.find(({ wire }) => wire.type === InteractionType.ApplicationCommand);
  expect(typed?.ackMs).toBeLessThan(3000);
  // The card speaks for itself: what was said privately goes away.
  await discord.until(() => typed?.replies.length === 0);
  const own = alice.clicks(card, "Approve");
  await discord.until(() => own.followUps.length === 1);
  expect(read(own.followUps[0])).toContain("somebody else");
  expect(own.followUps[0]?.ephemeralFor).toBe(ids.alice);
  bob.clicks(card, "Approve");
  await discord.until(() => read(card).includes("All nodes are back."));
  expect(await world.engine.finished(runId, never)).toMatchObject({ state: "done", approval: { by: "bob" } });
  await discord.until(() => discord.messages(ids.ops).length === 2);
  const result = discord.messages(ids.ops)[1];
  expect(read(result)).toContain("All nodes are back.");
  expect(new Set(result?.pings.users)).toEqual(new Set([ids.alice, ids.bob]));
  expect(discord.messages(card.id).flatMap(({ pings }) => pings.users)).toEqual([ids.bob, ids.alice]);
  expect(discord.wrongs).toEqual([]);
});

it("asks for the name of the cluster in a form, and takes no other name", async () => {
  const team = await openTeam();
  const { discord, world } = team;
  const { card, runId } = await asking(team, "cluster wipe");
  const alice = discord.as(ids.alice).in(ids.ops);
  const fill = async (typed: string) => {
    const click = alice.clicks(card, "Approve");
    await discord.until(() => click.modal !== null);
    return alice.submits(click, { typed, code: "" });
  };
  const wrong = await fill("prud");
  await discord.until(() => wrong.followUps.length === 1);
  expect(read(wrong.followUps[0])).toContain("prod");
  await fill("prod");
  await discord.until(() => read(card).includes("1 of 2"));
  // The second yes needs no name, but may bring a code.
  const bob = discord.as(ids.bob).in(ids.ops);
  const click = bob.clicks(card, "Approve");
  await discord.until(() => click.modal !== null);
  bob.submits(click, { code: "" });
  expect(await world.engine.finished(runId, never)).toMatchObject({ state: "done" });
  expect(discord.wrongs).toEqual([]);
});

it("tells a look to whoever asked, and a change to the channel, under the name of whoever made it", async () => {
  const { discord } = await openTeam();
  const alice = discord.as(ids.alice).in(ids.ops);
  const look = alice.types("cluster list");
  await discord.until(() => look.original?.loading === false);
  expect(look.original?.ephemeralFor).toBe(ids.alice);
  const change = alice.types("freeze", { reason: "the switch is replaced" });
  await discord.until(() => discord.messages(ids.ops).length === 1);
  expect(discord.messages(ids.ops)[0]?.text).toMatch(/freeze[^]*alice/);
  await discord.until(() => change.replies.length === 0);
  const denied = discord.as(ids.carol).in(ids.ops).types("unfreeze");
  await discord.until(() => denied.original?.loading === false);
  expect(denied.original?.ephemeralFor).toBe(ids.carol);
  expect(read(denied.original)).toContain("carol");
  expect(discord.messages(ids.ops)).toHaveLength(1);
  expect(discord.wrongs).toEqual([]);
});

it("goes on in a fresh card after 55 minutes, in the same thread, and the old one points to it", async () => {
  const { work, end } = rebooting();
  const team = await openTeam({ work });
  const { discord, world } = team;
  const { card, runId } = await asking(team);
  team.pass(56 * minutes);
  discord.as(ids.bob).in(ids.ops).clicks(card, "Approve");
  await eventOf(world.engine, runId, "step.started");
  await discord.until(() => read(card).includes("goes on"));
  const fresh = discord
    .messages(ids.ops)
    .find(({ id }) => id !== card.id && JSON.stringify(card.wire.components).includes(`/${ids.ops}/${id}`));
  expect(read(fresh)).toContain("restart prod");
  await stored(team, runId, fresh?.id ?? "");
  end();
  await discord.until(() => read(fresh).includes("All nodes are back."));
  await discord.until(() => discord.messages(card.id).some((each) => read(each).includes("all are up")));
  expect(discord.thread(card)).toBeDefined();
  expect(discord.messages(fresh?.id ?? "")).toEqual([]);
  expect(discord.wrongs).toEqual([]);
});

it("goes on in a fresh card when Discord takes no more changes of old ones", async () => {
  const { work, end } = rebooting();
  const team = await openTeam({ work });
  const { discord, world } = team;
  const { card, runId } = await asking(team);
  discord.as(ids.bob).in(ids.ops).clicks(card, "Approve");
  await eventOf(world.engine, runId, "step.started");
  await discord.until(() => read(card).includes("Reboot"));
  team.pass(61 * minutes);
  // Others have used up what Discord allows for messages older than an hour.
  for (let edit = 0; edit < 3; edit += 1) discord.limits.takeOldEdit(ids.ops);
  end();
  await world.engine.finished(runId, never);
  await discord.until(() =>
    discord
      .messages(ids.ops)
      .some(
        (each) => each.id !== card.id && read(each).includes("All nodes are back.") && read(each).includes("Reboot"),
      ),
  );
  expect(team.rateLimits).toBeGreaterThan(0);
  expect(discord.wrongs).toEqual([]);
});

it("posts a card afresh that somebody has deleted", async () => {
  const team = await openTeam();
  const { discord } = team;
  const { card } = await asking(team);
  discord.admin.deleteMessage(ids.ops, card.id);
  const again = await asking(team, "cluster restart", "staging");
  expect(read(again.card)).toContain("staging");
  discord.as(ids.bob).in(ids.ops).clicks(again.card, "Refuse");
  await discord.until(() => read(again.card).includes("Refused"));
  await team.desk.cancel(
    (await team.world.engine.latest(null)).runs.find(({ cluster }) => cluster === "prod")?.id ?? "",
    {
      via: "discord",
      id: ids.alice,
      channel: ids.ops,
    },
  );
  await discord.until(() => discord.messages(ids.ops).some((each) => read(each).includes("restart prod")));
  expect(discord.wrongs).toEqual([]);
});

it("shows what happened during an outage of an hour once Discord is back", async () => {
  const team = await openTeam();
  const { discord, world, desk } = team;
  const { card, runId } = await asking(team);
  const comeBack = discord.goDown();
  await desk.decide(runId, { via: "discord", id: ids.bob, channel: ids.ops }, "yes");
  expect(await world.engine.finished(runId, never)).toMatchObject({ state: "done" });
  expect(() => team.bot.check()).toThrow("Nothing is heard");
  team.pass(60 * minutes);
  comeBack();
  await discord.until(() => read(card).includes("All nodes are back."));
  await discord.until(() => discord.gateway.connected);
  await expect
    .poll(() => team.log.filter(({ message }) => message.startsWith("events may have been missed")).length)
    .toBe(1);
  expect(() => team.bot.check()).not.toThrow();
  expect(discord.wrongs).toEqual([]);
});

it("speaks as well where it may start no threads, and again where it lacked a permission", async () => {
  const team = await openTeam();
  const { discord, world } = team;
  const { card, runId } = await asking(team);
  const view = 1n << 10n;
  discord.admin.overwrite(ids.ops, [{ id: ids.application, kind: "member", allow: 0n, deny: view }]);
  discord.as(ids.bob).in(ids.ops).clicks(card, "Approve");
  expect(await world.engine.finished(runId, never)).toMatchObject({ state: "done" });
  await discord.until(() => discord.exchanges.some(({ code }) => code === 50_001));
  discord.admin.overwrite(ids.ops, [{ id: ids.application, kind: "member", allow: 0n, deny: 1n << 35n }]);
  await discord.until(() => read(card).includes("All nodes are back."));
  await discord.until(() => discord.messages(ids.ops).some((each) => read(each).includes("approved it")));
  expect(discord.wrongs).toEqual([]);
});
