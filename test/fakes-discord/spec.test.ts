import { InteractionResponseType as Response, Routes } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { ids } from "../fakes/discord/sample.ts";
import { missingSpec, spec } from "../fakes/discord/spec.ts";
import { build, discordFor, guildCommands, messagesOf, post, refusal, restFor } from "./harness.ts";

test.skipIf(missingSpec !== null)(`bodies are held against Discord's document too ${missingSpec ?? ""}`, async () => {
  const discord = await discordFor();
  const rest = restFor(discord);
  const error = await refusal(post(rest, { content: "x", message_reference: { message_id: "1", type: "reply" } }));
  expect(error.message).toContain("message_reference");
  expect(spec.check("POST", messagesOf, { content: "x" })).toEqual([]);
});

test.skipIf(missingSpec !== null)(`answers are as documented ${missingSpec ?? ""}`, async () => {
  const discord = await discordFor();
  const wrong: unknown[] = [];
  const ask = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${discord.apiUrl}/v10${path}`, {
      method,
      headers: { authorization: `Bot ${discord.token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const told: unknown = await answer.json();
    expect(answer.ok, JSON.stringify(told)).toBe(true);
    const bare = path.split("?")[0] ?? path;
    for (const each of spec.checkAnswer(method, bare, answer.status, told)) wrong.push([method, bare, each]);
    return told as { id: string };
  };
  await ask("PUT", guildCommands, [build]);
  for (const path of [Routes.gatewayBot(), Routes.user(), "/applications/@me", Routes.guild(ids.guild), guildCommands])
    await ask("GET", path);
  await ask("GET", Routes.guildMember(ids.guild, ids.alice));
  await ask("GET", Routes.channel(ids.ops));
  const components = [{ type: 17, accent_color: 1, components: [{ type: 10, content: "x" }, { type: 14 }] }];
  const card = await ask("POST", messagesOf, { flags: 1 << 15, components });
  await ask("POST", Routes.threads(ids.ops, card.id), { name: "log" });
  await ask("GET", Routes.channel(card.id));
  await ask("PATCH", Routes.channelMessage(ids.ops, card.id), { components });
  await ask("GET", messagesOf);
  const { wire } = discord.as(ids.alice).in(ids.ops).types("cluster build", { name: "demo" });
  const type = Response.DeferredChannelMessageWithSource;
  await ask("POST", `${Routes.interactionCallback(wire.id, wire.token)}?with_response=true`, { type });
  await ask("PATCH", Routes.webhookMessage(ids.application, wire.token), { content: "done" });
  await ask("POST", Routes.webhook(ids.application, wire.token), { content: "and more" });
  expect(wrong).toEqual([]);
});
