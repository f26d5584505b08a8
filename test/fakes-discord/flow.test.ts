import { InteractionResponseType as Response, Routes } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { ids } from "../fakes/discord/sample.ts";
import { build, discordFor, gatewayFor, guildCommands, reply, restFor } from "./harness.ts";

const card = (text: string) => ({
  flags: 1 << 15,
  components: [
    {
      type: 17,
      accent_color: 0x2ecc71,
      components: [
        { type: 10, content: text },
        { type: 1, components: [{ type: 2, style: 3, label: "Approve", custom_id: "approve:1" }] },
      ],
    },
  ],
});

test("a command, its reply, a click, and the modal that follows", async () => {
  const discord = await discordFor();
  const rest = restFor(discord);
  const { manager, interactions } = gatewayFor(discord, rest);
  await manager.connect();
  await rest.put(guildCommands, { body: [build] });
  const alice = discord.as(ids.alice).in(ids.ops);

  const use = alice.types("cluster build", { name: "demo", nodes: 9 });
  await discord.until(() => interactions.length === 1);
  expect(interactions[0]).toMatchObject({
    id: use.wire.id,
    guild_id: ids.guild,
    member: { user: { id: ids.alice }, roles: [ids.operator] },
    data: { name: "cluster", options: [{ name: "build", options: [{ value: "demo" }, { value: 9 }] }] },
  });
  await reply(rest, use.wire, Response.DeferredChannelMessageWithSource);
  expect(use.original?.loading).toBe(true);
  await rest.patch(Routes.webhookMessage(ids.application, use.wire.token), { body: card("Shall I?"), auth: false });
  expect(discord.messages(ids.ops).map(({ text, loading }) => [text, loading])).toEqual([["Shall I?", false]]);

  const click = alice.clicks(discord.messages(ids.ops)[0]!, "Approve");
  await reply(rest, click.wire, Response.Modal, {
    custom_id: "reason:1",
    title: "Why",
    components: [{ type: 18, label: "Reason", component: { type: 4, custom_id: "reason", style: 1, min_length: 3 } }],
  });
  expect(() => alice.submits(click, { Reason: "x" })).toThrow("length");
  const sent = alice.submits(click, { Reason: "planned" });
  await discord.until(() => interactions.length === 3);
  expect(interactions[2]).toMatchObject({
    type: 5,
    data: { custom_id: "reason:1", components: [{ type: 18, component: { custom_id: "reason", value: "planned" } }] },
    message: { id: use.original?.id },
  });
  await reply(rest, sent.wire, Response.UpdateMessage, card("Approved"));
  expect(discord.messages(ids.ops)[0]?.text).toBe("Approved");
  await rest.post(Routes.webhook(ids.application, sent.wire.token), {
    body: { content: "psst", flags: 64 },
    auth: false,
  });
  expect(discord.ephemeral(ids.alice).map(({ text }) => text)).toEqual(["psst"]);
  expect(discord.ephemeral(ids.bob)).toEqual([]);
  expect(discord.wrongs).toEqual([]);
});

test("options complete while somebody types", async () => {
  const discord = await discordFor();
  const rest = restFor(discord);
  const { manager, interactions } = gatewayFor(discord, rest);
  await manager.connect();
  await rest.put(guildCommands, { body: [build] });
  const typing = discord.as(ids.alice).in(ids.ops).completes("cluster build", { name: "de" }, "name");
  await discord.until(() => interactions.length === 1);
  expect(interactions[0]).toMatchObject({
    type: 4,
    data: { options: [{ options: [{ value: "de", focused: true }] }] },
  });
  const choices = [{ name: "demo", value: "demo" }];
  await reply(rest, interactions[0]!, Response.ApplicationCommandAutocompleteResult, { choices });
  expect(await typing).toEqual(choices);
});
