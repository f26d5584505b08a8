import { expect, it } from "vitest";
import { z } from "zod";
import { DiscordClient } from "../../../src/chat/discord/client.ts";
import { discordCommands, filledFrom } from "../../../src/chat/discord/commands.ts";
import { registerCommands } from "../../../src/chat/discord/register.ts";
import { answer, command, type Command } from "../../../src/core/command.ts";
import { freeText } from "../../../src/core/option.ts";
import { Secret } from "../../../src/core/secret.ts";
import { commands } from "../../../src/main/registry.ts";
import { openFakeDiscord } from "../../fakes/discord/fake.ts";
import { ids } from "../../fakes/discord/sample.ts";

const made = (name: string, input: z.ZodRawShape = {}): Command =>
  command({
    name,
    summary: `Does ${name}`,
    access: "viewer",
    input: z.object(input),
    run: () => Promise.resolve(answer({ ok: true, verdict: "" })),
  });

it("tells Discord each command once, and again only when something has changed", async () => {
  const discord = await openFakeDiscord();
  const client = new DiscordClient({
    token: new Secret(discord.token),
    apiUrl: discord.apiUrl,
    onRateLimit: () => undefined,
  });
  const pinned = { guild: ids.guild, application: ids.application };
  const told = discordCommands(commands);
  expect(await registerCommands(client, pinned, told)).toBe(true);
  expect(await registerCommands(client, pinned, told)).toBe(false);
  expect(await registerCommands(client, pinned, told.toReversed())).toBe(false);
  const [first, ...rest] = told;
  if (first === undefined) throw new Error("there are no commands");
  expect(await registerCommands(client, pinned, [{ ...first, description: "another" }, ...rest])).toBe(true);
  expect(await registerCommands(client, pinned, rest)).toBe(true);
  expect(discord.setting.commands.of(ids.guild)).toHaveLength(rest.length);
  expect(discord.wrongs).toEqual([]);
  client.close();
  await discord.close();
});

it("declares options as they are declared to Nonet, what is required first", () => {
  const input = {
    reason: freeText.optional(),
    maxPrice: z.coerce.number().min(1).max(10).optional(),
    size: z.enum(["small", "large"]),
  };
  const [told] = discordCommands([made("cluster scale", input)]);
  expect(told).toMatchObject({ name: "cluster", contexts: [0], default_member_permissions: null });
  expect(told?.options[0]).toMatchObject({
    type: 1,
    name: "scale",
    options: [
      { name: "size", required: true, choices: [{ name: "small", value: "small" }, { name: "large" }] },
      { name: "reason", type: 3, required: false, max_length: 500 },
      { name: "max-price", type: 10, min_value: 1, max_value: 10 },
    ],
  });
  const given = { name: "cluster scale", options: [{ name: "max-price", type: 10, value: 4 }] };
  expect(filledFrom(given, made("cluster scale", input))).toEqual({ maxPrice: "4" });
});

it("refuses what Discord would refuse, before anything is sent", () => {
  const many = Object.fromEntries(Array.from({ length: 26 }, (_, at) => [`o${at}`, z.string()]));
  for (const [wrong, words] of [
    [[made("cluster build now")], "more than two words"],
    [[made("cluster"), made("cluster build")], "first word of others"],
    [[made("Cluster")], "small letters"],
    [[made("x".repeat(33))], "small letters"],
    [[made("many", many)], "25 options"],
  ] as const) {
    expect(() => discordCommands(wrong)).toThrow(expect.objectContaining({ code: "bad_command" }));
    try {
      discordCommands(wrong);
    } catch (error) {
      expect(`${String(error)} ${(error as { hint: string }).hint}`).toContain(words);
    }
  }
});
