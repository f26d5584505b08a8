import { InteractionResponseType as Response, InteractionType, Routes } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { ids } from "../fakes/discord/sample.ts";
import { build, Clock, discordFor, guildCommands, refusal, reply, restFor } from "./harness.ts";

async function opened() {
  const clock = new Clock();
  const discord = await discordFor({ now: clock.now });
  const rest = restFor(discord);
  await rest.put(guildCommands, { body: [build] });
  const alice = discord.as(ids.alice).in(ids.ops);
  return { clock, discord, rest, alice, use: () => alice.types("cluster build", { name: "demo" }) };
}

const original = (token: string) => Routes.webhookMessage(ids.application, token);
const quick = { auth: false } as const;

test("a second answer is 40060, a late or unknown one 10062", async () => {
  const { clock, discord, rest, use } = await opened();
  const first = use();
  clock.forward(2900);
  await reply(rest, first.wire, Response.ChannelMessageWithSource, { content: "ok" });
  expect(first).toMatchObject({ ackMs: 2900, late: false, unanswered: false });
  expect(await refusal(reply(rest, first.wire, Response.ChannelMessageWithSource, { content: "again" }))).toMatchObject(
    {
      status: 400,
      code: 40060,
    },
  );
  const second = use();
  clock.forward(3001);
  expect(second.unanswered).toBe(true);
  const late = refusal(reply(rest, second.wire, Response.DeferredChannelMessageWithSource));
  expect(await late).toMatchObject({ status: 404, code: 10062 });
  expect(second).toMatchObject({ late: true, ack: null });
  const forged = { id: first.wire.id, token: "other" };
  expect(await refusal(reply(rest, forged, Response.DeferredMessageUpdate))).toMatchObject({ code: 10062 });
  expect(discord.wrongs).toEqual([expect.stringContaining("twice")]);
});

test("a token lives for 15 minutes, and not before the answer", async () => {
  const { clock, rest, use } = await opened();
  const { wire } = use();
  const edit = () => rest.patch(original(wire.token), { body: { content: "x" }, ...quick });
  expect(await refusal(edit())).toMatchObject({ status: 404, code: 10015 });
  await reply(rest, wire, Response.DeferredChannelMessageWithSource);
  await edit();
  clock.forward(15 * 60_000 + 1);
  expect(await refusal(edit())).toMatchObject({ status: 401, code: 50027 });
});

test("a deferred reply keeps whether it is ephemeral, and takes no other flag", async () => {
  const { discord, rest, use } = await opened();
  const { wire } = use();
  await reply(rest, wire, Response.DeferredChannelMessageWithSource, { flags: 64 | (1 << 15) });
  expect(discord.wrongs).toEqual([expect.stringContaining("EPHEMERAL")]);
  expect(discord.ephemeral(ids.alice)[0]?.wire.flags).toBe(64 | 128);
  await rest.post(Routes.webhook(ids.application, wire.token), { body: { content: "in its place" }, ...quick });
  expect(discord.ephemeral(ids.alice).map(({ text, wire: told }) => [text, told.flags])).toEqual([
    ["in its place", 64],
  ]);
  expect(discord.messages(ids.ops)).toEqual([]);
  const message = discord.ephemeral(ids.alice)[0]!;
  const byBot = rest.patch(Routes.channelMessage(ids.ops, message.id), { body: { content: "x" } });
  expect(await refusal(byBot)).toMatchObject({ code: 10008 });
});

test("only answers that fit", async () => {
  const { rest, use, alice, discord } = await opened();
  const { wire } = use();
  const types = [Response.DeferredMessageUpdate, Response.ApplicationCommandAutocompleteResult];
  for (const type of types)
    expect((await refusal(reply(rest, wire, type, { choices: [] }))).message).toContain("type[");
  const modal = {
    custom_id: "m",
    title: "M",
    components: [{ type: 18, label: "L", component: { type: 4, custom_id: "t", style: 1 } }],
  };
  const { components } = modal;
  const wrongs = [
    { ...modal, title: "x".repeat(46) },
    { ...modal, components: Array.from({ length: 6 }, (_, at) => ({ type: 10, content: String(at) })) },
    { ...modal, components: [{ ...components[0], label: "x".repeat(46) }] },
    { ...modal, components: [components[0], components[0]] },
  ];
  for (const data of wrongs)
    expect(await refusal(reply(rest, wire, Response.Modal, data))).toMatchObject({ code: 50035 });
  const use2 = use();
  await reply(rest, use2.wire, Response.Modal, modal);
  const sent = alice.submits(use2, { t: "text" });
  expect((await refusal(reply(rest, sent.wire, Response.Modal, modal))).message).toContain("{4, 5}");
  await reply(rest, sent.wire, Response.ChannelMessageWithSource, { content: "thanks" });
  expect(discord.messages(ids.ops)[0]?.text).toBe("thanks");
});

test("more than 25 proposals are refused", async () => {
  const { rest, discord } = await opened();
  const data = { id: "1", name: "cluster", type: 1, options: [] };
  const use = discord.forge({
    userId: ids.alice,
    channelId: ids.ops,
    type: InteractionType.ApplicationCommandAutocomplete,
    data,
  });
  const choices = Array.from({ length: 26 }, (_, at) => ({ name: String(at), value: String(at) }));
  const error = await refusal(reply(rest, use.wire, Response.ApplicationCommandAutocompleteResult, { choices }));
  expect(error.message).toContain("data.choices[BASE_TYPE_MAX_LENGTH]");
});

test("a user-installed application follows up five times where it is no member", async () => {
  const { rest, discord } = await opened();
  const data = { id: "1", name: "cluster", type: 1 };
  const { wire } = discord.forge({
    userId: ids.dora,
    channelId: ids.otherChannel,
    type: InteractionType.ApplicationCommand,
    data,
  });
  expect(wire).toMatchObject({ guild_id: ids.otherGuild, authorizing_integration_owners: { 1: ids.dora } });
  await reply(rest, wire, Response.ChannelMessageWithSource, { content: "0" });
  const more = () => rest.post(Routes.webhook(ids.application, wire.token), { body: { content: "x" }, ...quick });
  for (let time = 0; time < 5; time += 1) {
    await more();
    discord.limits.reset();
  }
  expect(await refusal(more())).toMatchObject({ code: 40094 });
});

test("the answer to a callback tells of the message when asked", async () => {
  const { rest, use } = await opened();
  const { wire } = use();
  const told = await rest.post(Routes.interactionCallback(wire.id, wire.token), {
    body: { type: Response.ChannelMessageWithSource, data: { content: "x", flags: 64 } },
    query: new URLSearchParams({ with_response: "true" }),
    auth: false,
  });
  expect(told).toMatchObject({
    interaction: { id: wire.id, response_message_loading: false, response_message_ephemeral: true },
    resource: { type: 4, message: { interaction_metadata: { user: { id: ids.alice } } } },
  });
});

test("people cannot do what the client does not let them", async () => {
  const { discord, rest, alice } = await opened();
  expect(() => alice.types("cluster destroy")).toThrow("destroy");
  expect(() => alice.types("cluster")).toThrow("choose a subcommand");
  expect(() => alice.types("cluster build")).toThrow("name is required");
  expect(() => alice.types("cluster build", { name: 7 })).toThrow("is a text");
  expect(() => alice.types("cluster build", { name: "x".repeat(21) })).toThrow("length");
  expect(() => alice.types("cluster build", { name: "x", nodes: 10 })).toThrow("range");
  expect(() => alice.types("cluster build", { name: "x", colour: "red" })).toThrow("no option colour");
  expect(() => discord.as(ids.dora).in(ids.ops).types("cluster build", { name: "x" })).toThrow("not to be seen");
  expect(() => discord.as(ids.alice).in(ids.dm).types("cluster build", { name: "x" })).toThrow("no command");
  expect(() => discord.as(ids.otherBot).in(ids.ops).types("cluster build", { name: "x" })).toThrow("no client");
  const { wire } = alice.types("cluster build", { name: "x" });
  const components = [{ type: 1, components: [{ type: 2, style: 1, label: "Go", custom_id: "go", disabled: true }] }];
  await reply(rest, wire, Response.ChannelMessageWithSource, { content: "x", flags: 64, components });
  const [message] = discord.ephemeral(ids.alice);
  expect(() => alice.clicks(message!, "Go")).toThrow("disabled");
  expect(() => discord.as(ids.bob).in(ids.ops).clicks(message!, "Go")).toThrow("not to be seen");
});

test("what no client sends can be forged", async () => {
  const { discord } = await opened();
  const draft = {
    userId: ids.alice,
    channelId: ids.ops,
    type: InteractionType.MessageComponent,
    data: { component_type: 2, custom_id: "unheard-of" },
  };
  const { wire } = discord.forge(draft, { guild_id: ids.otherGuild, member: undefined });
  expect(wire.guild_id).toBe(ids.otherGuild);
  expect(wire).not.toHaveProperty("member");
  const { wire: dm } = discord.forge({ ...draft, channelId: ids.dm });
  expect(dm).toMatchObject({ context: 1, user: { id: ids.alice } });
  expect(dm).not.toHaveProperty("guild_id");
});
