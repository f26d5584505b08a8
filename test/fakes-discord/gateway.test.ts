import { WebSocketShardEvents } from "@discordjs/ws";
import { GatewayIntentBits as Intent, InteractionResponseType as Response } from "discord-api-types/v10";
import { once } from "node:events";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import type { FakeDiscord } from "../fakes/discord/fake.ts";
import { ids } from "../fakes/discord/sample.ts";
import { build, Clock, discordFor, gatewayFor, guildCommands, refusal, reply, restFor } from "./harness.ts";

const asBuild = (discord: FakeDiscord) => discord.as(ids.alice).in(ids.ops).types("cluster build", { name: "demo" });

async function connected(options: Parameters<typeof discordFor>[0] = {}) {
  const discord = await discordFor(options);
  const rest = restFor(discord);
  await rest.put(guildCommands, { body: [build] });
  const listener = gatewayFor(discord, rest);
  await listener.manager.connect();
  return { discord, rest, ...listener };
}

test("says READY and shows the guild, without what the bot does not see", async () => {
  const { discord, heard } = await connected();
  await discord.until(() => heard.length === 2);
  expect(heard.map(({ t }) => t)).toEqual(["READY", "GUILD_CREATE"]);
  expect(heard[0]?.d).toMatchObject({ user: { id: ids.application }, guilds: [{ id: ids.guild, unavailable: true }] });
  const channels = [ids.ops, ids.dev, ids.readOnly].map((id) => ({ id }));
  expect(heard[1]?.d).toMatchObject({ id: ids.guild, channels, threads: [] });
  expect(discord.gateway.starts.view.remaining).toBe(999);
});

/** Connects by hand, sends one payload, and tells the code with which the gateway closes. */
async function closeCode(discord: FakeDiscord, ...payloads: unknown[]): Promise<number> {
  const socket = new WebSocket(`${discord.url.replace("http", "ws")}/?v=10&encoding=json`);
  await once(socket, "open");
  for (const payload of payloads) socket.send(typeof payload === "string" ? payload : JSON.stringify(payload));
  const [code] = (await once(socket, "close")) as [number];
  return code;
}

const properties = { os: "linux", browser: "test", device: "test" };

test("closes with the code that says why", async () => {
  const discord = await discordFor();
  const identify = (more: object = {}) => ({ op: 2, d: { token: discord.token, intents: 1, properties, ...more } });
  const codes: readonly (readonly [number, ...unknown[]])[] = [
    [4001, identify(), { op: 99, d: null }],
    [4002, "no json"],
    [4002, { op: 1, d: "x".repeat(4097) }],
    [4003, { op: 3, d: null }],
    [4004, identify({ token: "guessed" })],
    [4005, identify(), identify()],
    [4008, ...Array.from({ length: 121 }, () => ({ op: 1, d: null }))],
    [4013, identify({ intents: 1 << 30 })],
    [4014, identify({ intents: Intent.MessageContent })],
  ];
  for (const [code, ...payloads] of codes) expect(await closeCode(discord, ...payloads)).toBe(code);
});

test("after a cut the real client resumes, and hears what it missed", async () => {
  const clock = new Clock();
  const { discord, rest, interactions, manager } = await connected({ now: clock.now });
  const resumed = once(manager, WebSocketShardEvents.Resumed);
  discord.gateway.down = true;
  discord.gateway.cut();
  await discord.until(() => !discord.gateway.connected);
  const use = asBuild(discord);
  clock.forward(4000);
  discord.gateway.down = false;
  await resumed;
  await discord.until(() => interactions.length === 1);
  expect(interactions[0]?.id).toBe(use.wire.id);
  const late = refusal(reply(rest, use.wire, Response.DeferredChannelMessageWithSource));
  expect(await late).toMatchObject({ code: 10062 });
  expect([discord.gateway.resumes, discord.gateway.starts.used]).toEqual([1, 1]);
});

test.for([
  ["a request to reconnect", (discord: FakeDiscord) => discord.gateway.reconnect(), 1, 1],
  ["a close with 4000", (discord: FakeDiscord) => discord.gateway.cut(4000), 1, 1],
  ["an invalid session that may be resumed", (discord: FakeDiscord) => discord.gateway.invalidate(true), 1, 1],
  ["an invalid session", (discord: FakeDiscord) => discord.gateway.invalidate(false), 0, 2],
  ["a session that was forgotten", (discord: FakeDiscord) => discord.gateway.forget(), 0, 2],
  ["a close with 1000", (discord: FakeDiscord) => discord.gateway.cut(1000), 0, 2],
] as const)("after %s the real client is back", async ([, trouble, resumes, starts]) => {
  const { discord, interactions } = await connected();
  trouble(discord);
  await discord.until(() => discord.gateway.resumes === resumes && discord.gateway.starts.used === starts);
  asBuild(discord);
  await discord.until(() => interactions.length === 1);
});

test("a client that closes with 1000 has no session any more, one that closes with 4200 has", async () => {
  for (const [code, sessions] of [
    [1000, 0],
    [4200, 1],
  ] as const) {
    const { discord, manager } = await connected();
    await manager.destroy({ code });
    await discord.until(() => !discord.gateway.connected);
    expect([discord.gateway.closes, discord.gateway.sessions.length]).toEqual([[code], sessions]);
  }
});

test("a session is kept for three minutes", async () => {
  const clock = new Clock();
  const { discord, manager } = await connected({ now: clock.now });
  const [session] = discord.gateway.sessions;
  await manager.destroy({ code: 4200 });
  await discord.until(() => !discord.gateway.connected);
  clock.forward(180_001);
  const socket = new WebSocket(`${discord.url.replace("http", "ws")}/?v=10&encoding=json`);
  const told: unknown[] = [];
  socket.on("message", (data: Buffer) => told.push(JSON.parse(data.toString())));
  await once(socket, "open");
  socket.send(JSON.stringify({ op: 6, d: { token: discord.token, session_id: session?.id, seq: 1 } }));
  await once(socket, "message");
  if (told.length < 2) await once(socket, "message");
  expect(told[1]).toMatchObject({ op: 9, d: false });
  socket.terminate();
});

test("a zombie is left by the real client, which then resumes", async () => {
  const { discord } = await connected({ heartbeatMs: 40 });
  discord.gateway.zombie = true;
  await discord.until(() => discord.gateway.closes.length > 0);
  discord.gateway.zombie = false;
  await discord.until(() => discord.gateway.resumes > 0);
  expect(discord.gateway.closes[0]).toBe(4200);
});

test("a revoked token ends it", async () => {
  const { discord, manager } = await connected();
  const failed = once(manager, WebSocketShardEvents.Error);
  discord.revokeToken();
  await failed;
  expect(discord.gateway.sessions).toEqual([]);
});
