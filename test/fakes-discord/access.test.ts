import { Routes } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { ids } from "../fakes/discord/sample.ts";
import { build, Clock, discordFor, guildCommands, messagesOf, post, refusal, restFor } from "./harness.ts";

test("knows one token, until it is revoked", async () => {
  const discord = await discordFor();
  expect(await refusal(restFor(discord, "guessed").get(Routes.user()))).toMatchObject({ status: 401, code: 0 });
  const rest = restFor(discord);
  expect(await rest.get(Routes.user())).toMatchObject({ id: ids.application, bot: true });
  discord.revokeToken();
  expect(await refusal(rest.get(Routes.user()))).toMatchObject({ status: 401 });
  expect(discord.limits.invalid).toBe(2);
});

test("tells the bot about itself and its guild", async () => {
  const discord = await discordFor();
  const rest = restFor(discord);
  expect(await rest.get(Routes.gatewayBot())).toMatchObject({ session_start_limit: { total: 1000, remaining: 1000 } });
  expect(await rest.get("/applications/@me")).toMatchObject({ id: ids.application, flags: 1 << 23 });
  expect(await rest.get(Routes.guild(ids.guild))).toMatchObject({ owner_id: ids.admin });
  expect(await rest.get(Routes.channel(ids.ops))).toMatchObject({ guild_id: ids.guild, name: "ops" });
  expect(await rest.get(Routes.guildMember(ids.guild, ids.alice))).toMatchObject({ roles: [ids.operator] });
  expect(await refusal(rest.get(Routes.guildMember(ids.guild, ids.dora)))).toMatchObject({ status: 404, code: 10007 });
});

test("asks for a permission in each channel", async () => {
  const discord = await discordFor();
  const rest = restFor(discord);
  const say = (channel: string) => refusal(post(rest, { content: "x" }, channel));
  expect(await say(ids.hidden)).toMatchObject({ status: 403, code: 50001 });
  expect(await say(ids.otherChannel)).toMatchObject({ code: 50001 });
  expect(await say(ids.readOnly)).toMatchObject({ status: 403, code: 50013 });
  expect(await say("1")).toMatchObject({ status: 404, code: 10003 });
  const role = discord.world.guild(ids.guild).roles.find(({ id }) => id === ids.botRole)!;
  const { id } = await post(rest, { content: "card" });
  role.permissions = 0n;
  const files = [{ name: "a.txt", data: Buffer.from("x") }];
  expect(await refusal(rest.post(messagesOf, { body: {}, files }))).toMatchObject({ code: 50013 });
  expect(await refusal(post(rest, { embeds: [{ title: "x" }] }))).toMatchObject({ code: 50013 });
  expect(await refusal(rest.post(Routes.threads(ids.ops, id), { body: { name: "t" } }))).toMatchObject({ code: 50013 });
  discord.admin.kickBot(ids.guild);
  expect(await say(ids.ops)).toMatchObject({ code: 50001 });
  expect(await refusal(rest.get(Routes.guild(ids.guild)))).toMatchObject({ code: 50001 });
});

const option = { type: 3, name: "name", description: "A name" };
const command = { name: "cluster", description: "Clusters" };
/** What Discord does not register, and the complaint that says so. */
const refused: readonly (readonly [what: string, body: unknown, complaint: string])[] = [
  ["capitals", { ...command, name: "Cluster" }, "APPLICATION_COMMAND_INVALID_NAME"],
  ["a space", { ...command, name: "cluster build" }, "APPLICATION_COMMAND_INVALID_NAME"],
  ["no description", { name: "cluster" }, "description[BASE_TYPE_REQUIRED]"],
  [
    "a description of 101 characters",
    { ...command, description: "x".repeat(101) },
    "description[BASE_TYPE_MAX_LENGTH]",
  ],
  [
    "26 options",
    { ...command, options: Array.from({ length: 26 }, (_, at) => ({ ...option, name: `o${at}` })) },
    "options[",
  ],
  [
    "a required option last",
    { ...command, options: [option, { ...option, name: "b", required: true }] },
    "REQUIRED_INVALID",
  ],
  ["an option twice", { ...command, options: [option, option] }, "NAME_ALREADY_EXISTS"],
  [
    "a subcommand beside an option",
    {
      ...command,
      options: [
        { ...option, type: 1 },
        { ...option, name: "b" },
      ],
    },
    "TYPE_INVALID",
  ],
  [
    "a group in a group",
    { ...command, options: [{ ...option, type: 2, options: [{ ...option, type: 2, options: [] }] }] },
    "options[0].options[0]",
  ],
  [
    "choices that complete",
    { ...command, options: [{ ...option, autocomplete: true, choices: [{ name: "a", value: "a" }] }] },
    "AUTOCOMPLETE",
  ],
  ["DMs", { ...command, contexts: [0, 1] }, "contexts"],
  [
    "8,001 characters",
    {
      ...command,
      options: Array.from({ length: 5 }, (_, sub) => ({
        ...option,
        name: `s${sub}`,
        type: 1,
        options: Array.from({ length: 20 }, (__, at) => ({ ...option, name: `o${at}`, description: "x".repeat(90) })),
      })),
    },
    "APPLICATION_COMMAND_TOO_LARGE",
  ],
];

test.for(refused)("registers no command with %s", async ([, body, complaint]) => {
  const discord = await discordFor();
  const error = await refusal(restFor(discord).put(guildCommands, { body: [body] }));
  expect(error.code).toBe(50035);
  expect(error.message).toContain(complaint);
  expect(discord.setting.commands.of(ids.guild)).toEqual([]);
});

test("registers commands anew without new ids, and 200 a day", async () => {
  const clock = new Clock();
  const discord = await discordFor({ now: clock.now });
  const rest = restFor(discord);
  const put = (...names: string[]) => rest.put(guildCommands, { body: names.map((name) => ({ ...build, name })) });
  const [first] = (await put("a", "b")) as { id: string }[];
  expect(await put("a")).toMatchObject([{ id: first?.id, application_id: ids.application, guild_id: ids.guild }]);
  const twice = await refusal(put("a", "a"));
  expect(twice.message).toContain("APPLICATION_COMMANDS_DUPLICATE_NAME");
  const many = (letter: string) => Array.from({ length: 99 }, (_, at) => `${letter}${at}`);
  await put(...many("c"));
  await put(...many("d"));
  expect(await refusal(put("e"))).toMatchObject({ status: 400, code: 30034 });
  clock.forward(86_400_001);
  await put("e");
  expect(await refusal(put(...many("f"), "g", "h"))).toMatchObject({ code: 30032 });
});
