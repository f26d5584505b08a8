import { Routes } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { ids } from "../fakes/discord/sample.ts";
import { Clock, discordFor, messagesOf, post, refusal, restFor } from "./harness.ts";

const v2 = 1 << 15;
const text = (content: string) => ({ type: 10, content });
const button = (custom_id: string, more: object = {}) => ({ type: 2, style: 1, label: "Go", custom_id, ...more });
const row = (...components: unknown[]) => ({ type: 1, components });

/** What Discord refuses, and the complaint that says so. */
const refused: readonly (readonly [what: string, body: Record<string, unknown>, complaint: string])[] = [
  ["2,001 characters", { content: "x".repeat(2001) }, "content[BASE_TYPE_MAX_LENGTH]"],
  ["eleven embeds", { embeds: Array.from({ length: 11 }, () => ({ title: "x" })) }, "embeds[BASE_TYPE_MAX_LENGTH]"],
  [
    "embeds of more than 6,000 characters",
    { embeds: [{ description: "x".repeat(4000) }, { description: "x".repeat(2001) }] },
    "embeds[MAX_EMBED_SIZE_EXCEEDED]",
  ],
  ["content beside Components V2", { flags: v2, content: "x", components: [text("y")] }, "LEGACY_FIELDS"],
  ["a container without the flag", { components: [{ type: 17, components: [text("x")] }] }, "components[0].type"],
  [
    "six rows",
    { components: Array.from({ length: 6 }, (_, at) => row(button(String(at)))) },
    "components[BASE_TYPE_MAX",
  ],
  [
    "41 components, counted through the nesting",
    {
      flags: v2,
      components: Array.from({ length: 20 }, (_, at) => row(button(String(at)))).concat([text("x") as never]),
    },
    "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
  ],
  [
    "more than 4,000 characters in all texts",
    { flags: v2, components: [text("x".repeat(2000)), { type: 17, components: [text("x".repeat(2001))] }] },
    "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
  ],
  [
    "a custom id twice",
    { content: "x", components: [row(button("a"), button("a"))] },
    "COMPONENT_CUSTOM_ID_DUPLICATED",
  ],
  [
    "a custom id of 101 characters",
    { content: "x", components: [row(button("a".repeat(101)))] },
    "custom_id[BASE_TYPE_MAX",
  ],
  [
    "a label of 81 characters",
    { content: "x", components: [row(button("a", { label: "x".repeat(81) }))] },
    "label[BASE_TYPE_MAX",
  ],
  [
    "a button without a custom id",
    { content: "x", components: [row({ type: 2, style: 1, label: "Go" })] },
    "CUSTOM_ID_REQUIRED",
  ],
  [
    "26 options",
    {
      content: "x",
      components: [
        row({
          type: 3,
          custom_id: "s",
          options: Array.from({ length: 26 }, (_, at) => ({ label: "x", value: String(at) })),
        }),
      ],
    },
    "options[BASE_TYPE_MAX_LENGTH]",
  ],
  [
    "a button beside a select",
    {
      content: "x",
      components: [row(button("a"), { type: 3, custom_id: "s", options: [{ label: "x", value: "x" }] })],
    },
    "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
  ],
  [
    "a section without an accessory",
    { flags: v2, components: [{ type: 9, components: [text("x")] }] },
    "accessory[BASE_TYPE_REQUIRED]",
  ],
  [
    "a picture that did not come along",
    { flags: v2, components: [{ type: 12, items: [{ media: { url: "attachment://a.png" } }] }] },
    "REFERENCED_ATTACHMENT_NOT_FOUND",
  ],
  ["a nonce of 26 characters", { content: "x", nonce: "n".repeat(26) }, "nonce"],
  [
    "users both parsed and named",
    { content: "x", allowed_mentions: { parse: ["users"], users: [ids.alice] } },
    "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
  ],
];

test.for(refused)("refuses a message with %s", async ([, body, complaint]) => {
  const discord = await discordFor();
  const error = await refusal(post(restFor(discord), body));
  expect([error.status, error.code]).toEqual([400, 50035]);
  expect(error.message).toContain(complaint);
  expect(discord.messages(ids.ops)).toEqual([]);
  expect(discord.wrongs).toHaveLength(1);
});

test("refuses an empty message, and a file of more than 10 MiB", async () => {
  const discord = await discordFor();
  const rest = restFor(discord);
  expect(await refusal(post(rest, {}))).toMatchObject({ status: 400, code: 50006 });
  const files = [{ name: "a.txt", data: Buffer.alloc(10 * 1024 * 1024 + 1) }];
  expect(await refusal(rest.post(messagesOf, { body: {}, files }))).toMatchObject({ status: 413, code: 40005 });
});

test("Components V2 stays: neither the flag goes nor content comes", async () => {
  const discord = await discordFor();
  const rest = restFor(discord);
  const { id } = await post(rest, { flags: v2, components: [text("one")] });
  const edit = (body: object) => rest.patch(Routes.channelMessage(ids.ops, id), { body });
  expect((await refusal(edit({ flags: 0, components: [] }))).message).toContain("CANNOT_REMOVE_COMPONENTS_V2_FLAG");
  expect((await refusal(edit({ content: "plain" }))).message).toContain("LEGACY_FIELDS");
  await edit({ components: [text("two")] });
  expect(discord.messages(ids.ops)[0]).toMatchObject({ text: "two", history: [{ id }], wire: { flags: v2 } });
});

test("files come along, are shown under an address, and go when an edit does not list them", async () => {
  const discord = await discordFor();
  const rest = restFor(discord);
  const gallery = { type: 12, items: [{ media: { url: "attachment://plan.png" } }] };
  const files = [{ name: "plan.png", data: Buffer.from("picture"), contentType: "image/png" }];
  await rest.post(messagesOf, { body: { flags: v2, components: [gallery] }, files });
  const [message] = discord.messages(ids.ops);
  const [attachment] = message!.wire.attachments;
  expect(message?.wire.components?.[0]).toMatchObject({ items: [{ media: { url: attachment?.url } }] });
  expect(await (await fetch(attachment!.url)).text()).toBe("picture");
  const path = Routes.channelMessage(ids.ops, message!.id);
  await rest.patch(path, { body: { components: [text("gone")], attachments: [] } });
  expect(discord.messages(ids.ops)[0]?.wire.attachments).toEqual([]);
});

test("a nonce makes a message once, for some minutes", async () => {
  const clock = new Clock();
  const discord = await discordFor({ now: clock.now });
  const rest = restFor(discord);
  const first = await post(rest, { content: "x", nonce: "run-1", enforce_nonce: true });
  expect(await post(rest, { content: "y", nonce: "run-1", enforce_nonce: true })).toMatchObject({
    id: first.id,
    content: "x",
  });
  clock.forward(600_000);
  expect((await post(rest, { content: "z", nonce: "run-1", enforce_nonce: true })).id).not.toBe(first.id);
});

test("tells whom a message pings", async () => {
  const discord = await discordFor();
  const rest = restFor(discord);
  discord.world.guild(ids.guild).roles.find(({ id }) => id === ids.operator)!.mentionable = true;
  const content = `@everyone <@${ids.alice}> <@&${ids.operator}>`;
  await post(rest, { content });
  await post(rest, { content, allowed_mentions: { parse: [] } });
  await post(rest, { content, allowed_mentions: { parse: [], users: [ids.alice] } });
  expect(discord.messages(ids.ops).map(({ pings }) => pings)).toEqual([
    // Without MENTION_EVERYONE that is only text.
    { everyone: false, roles: [ids.operator], users: [ids.alice] },
    { everyone: false, roles: [], users: [] },
    { everyone: false, roles: [], users: [ids.alice] },
  ]);
});

test("a message of an hour is edited three times in six seconds", async () => {
  const clock = new Clock();
  const discord = await discordFor({ now: clock.now });
  const rest = restFor(discord);
  const { id } = await post(rest, { content: "0" });
  clock.forward(3_600_001);
  const edit = (content: string) =>
    fetch(`${discord.apiUrl}/v10${Routes.channelMessage(ids.ops, id)}`, {
      method: "PATCH",
      headers: { authorization: `Bot ${discord.token}`, "content-type": "application/json" },
      body: JSON.stringify({ content }),
    });
  for (const content of ["1", "2", "3"]) expect((await edit(content)).status).toBe(200);
  const answer = await edit("4");
  expect([answer.status, await answer.json()]).toMatchObject([429, { code: 30046 }]);
  clock.forward(6000);
  expect((await edit("5")).status).toBe(200);
});

test("a thread begins once, and is closed when it is closed", async () => {
  const discord = await discordFor();
  const rest = restFor(discord);
  const { id } = await post(rest, { content: "card" });
  await rest.post(Routes.threads(ids.ops, id), { body: { name: "log" } });
  expect(await refusal(rest.post(Routes.threads(ids.ops, id), { body: { name: "log" } }))).toMatchObject({
    code: 160004,
  });
  const said = await post(rest, { content: "step 1" }, id);
  discord.admin.closeThread(id, { archived: true });
  const edit = rest.patch(Routes.channelMessage(id, said.id), { body: { content: "step 2" } });
  expect(await refusal(edit)).toMatchObject({ code: 50083 });
  await post(rest, { content: "wakes it" }, id);
  expect(discord.thread(discord.messages(ids.ops)[0]!)?.thread?.archived).toBe(false);
  discord.admin.closeThread(id, { archived: true, locked: true });
  expect(await refusal(post(rest, { content: "no" }, id))).toMatchObject({ code: 160005 });
});

test("an unknown or another's message, a pin, and a deletion", async () => {
  const discord = await discordFor();
  const rest = restFor(discord);
  const { id } = await post(rest, { content: "card" });
  await rest.put(Routes.channelMessagesPin(ids.ops, id));
  expect(discord.messages(ids.ops)[0]?.wire.pinned).toBe(true);
  await rest.delete(Routes.channelMessage(ids.ops, id));
  for (const path of [Routes.channelMessage(ids.ops, id), Routes.channelMessage(ids.dev, id)])
    expect(await refusal(rest.patch(path, { body: { content: "x" } }))).toMatchObject({ status: 404, code: 10008 });
  expect(await refusal(rest.get("/guilds/700/emojis"))).toMatchObject({ status: 404, code: 0 });
});
