import { DiscordAPIError, HTTPError, RateLimitError } from "@discordjs/rest";
import { Routes } from "discord-api-types/v10";
import { expect, test } from "vitest";
import { ids } from "../fakes/discord/sample.ts";
import { Clock, discordFor, messagesOf, post, restFor } from "./harness.ts";

const raw = (url: string, token: string, body: unknown) =>
  fetch(`${url}/v10${messagesOf}`, {
    method: "POST",
    headers: { authorization: `Bot ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });

test("five messages in five seconds, told by headers that the real client understands", async () => {
  const clock = new Clock();
  const discord = await discordFor({ now: clock.now });
  const rest = restFor(discord);
  for (let at = 0; at < 5; at += 1) await post(rest, { content: String(at) });
  await expect(post(rest, { content: "5" })).rejects.toBeInstanceOf(RateLimitError);
  // The client held it back by itself.
  expect(discord.exchanges.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  const answer = await raw(discord.apiUrl, discord.token, { content: "5" });
  expect(answer.status).toBe(429);
  expect(await answer.json()).toMatchObject({ message: "You are being rate limited.", retry_after: 5, global: false });
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "retry-after": "5",
    "x-ratelimit-limit": "5",
    "x-ratelimit-remaining": "0",
    "x-ratelimit-reset-after": "5.000",
    "x-ratelimit-scope": "user",
  });
  await post(rest, { content: "elsewhere" }, ids.dev);
  clock.forward(5000);
  expect((await raw(discord.apiUrl, discord.token, { content: "6" })).status).toBe(200);
});

test("50 requests in a second for the whole bot", async () => {
  const discord = await discordFor({ now: new Clock().now, limits: { other: { count: 100, ms: 1000 } } });
  const me = () =>
    fetch(`${discord.apiUrl}/v10${Routes.user()}`, { headers: { authorization: `Bot ${discord.token}` } });
  for (let at = 0; at < 50; at += 1) expect((await me()).status).toBe(200);
  const answer = await me();
  expect([answer.status, answer.headers.get("x-ratelimit-global")]).toEqual([429, "true"]);
  expect(await answer.json()).toMatchObject({ global: true });
});

test("10,000 refused requests in ten minutes shut the address out", async () => {
  const clock = new Clock();
  const discord = await discordFor({ now: clock.now });
  for (let at = 0; at <= 10_000; at += 1) discord.limits.countAnswer(429, at % 2 === 0 ? "user" : "global");
  discord.limits.countAnswer(429, "shared");
  expect(discord.limits.invalid).toBe(10_001);
  const answer = await raw(discord.apiUrl, discord.token, { content: "x" });
  expect([answer.status, await answer.text()]).toEqual([429, "error code: 1015"]);
  clock.forward(600_001);
  expect((await raw(discord.apiUrl, discord.token, { content: "x" })).status).toBe(200);
});

test("plays storms, broken proxies, lost answers and darkness", async () => {
  const discord = await discordFor();
  const rest = restFor(discord);
  const say = (content: string) => post(rest, { content });
  discord.inflict({ kind: "storm", retryAfterMs: 700, scope: "shared" }, { times: 1 });
  await expect(say("1")).rejects.toBeInstanceOf(RateLimitError);
  expect(discord.limits.invalid).toBe(0);
  discord.inflict({ kind: "error", status: 502 }, { method: "POST", path: /messages$/, times: 1 });
  await expect(say("2")).rejects.toBeInstanceOf(HTTPError);
  const rise = discord.goDown();
  await expect(say("3")).rejects.not.toBeInstanceOf(DiscordAPIError);
  rise();
  expect(discord.messages(ids.ops)).toEqual([]);
  discord.inflict({ kind: "lost" }, { times: 1 });
  await expect(say("4")).rejects.not.toBeInstanceOf(DiscordAPIError);
  expect(discord.messages(ids.ops).map(({ text }) => text)).toEqual(["4"]);
  const slow = Promise.withResolvers<void>();
  discord.inflict({ kind: "slow", until: slow.promise }, { times: 1 });
  const said = say("5");
  slow.resolve();
  await said;
});
