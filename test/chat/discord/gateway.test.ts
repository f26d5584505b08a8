import { expect, it } from "vitest";
import { identifyDelay, lately } from "../../../src/chat/discord/pace.ts";
import { Secret } from "../../../src/core/secret.ts";
import { ids } from "../../fakes/discord/sample.ts";
import { openTeam, type Team } from "./team.ts";

const opcodes = ({ discord }: Team, op: number) => discord.gateway.received.filter((each) => each.op === op).length;
const identifies = (team: Team) => opcodes(team, 2);
const logged = (team: Team, text: string) => team.log.filter(({ message }) => message.includes(text)).length;

it("takes its session up again after a restart, and hears what was said meanwhile", async () => {
  const team = await openTeam();
  const { discord } = team;
  await team.bot.close();
  expect(() => team.bot.check()).toThrow("Nothing is heard");
  const meanwhile = discord.as(ids.alice).in(ids.ops).types("help");
  await team.restart();
  await discord.until(() => meanwhile.original?.loading === false);
  expect([identifies(team), discord.gateway.resumes]).toEqual([1, 1]);
  expect(() => team.bot.check()).not.toThrow();
  expect(logged(team, "may have been missed")).toBe(0);
  expect(discord.gateway.closes.filter((code) => code === 1000 || code === 1001)).toEqual([]);
  // Nothing is heard twice, whatever the next process is told again.
  const { session } = JSON.parse(team.kept ?? "null") as { session: { sequence: number } };
  expect(session.sequence).toBe(discord.gateway.sessions[0]?.events.length);
});

it("remembers what it has heard before it does anything about it", async () => {
  const team = await openTeam();
  const { discord } = team;
  const heard: number[] = [];
  const use = team.desk.use.bind(team.desk);
  team.desk.use = (...asked) => {
    const { session } = JSON.parse(team.kept ?? "null") as { session: { sequence: number } };
    heard.push(session.sequence);
    return use(...asked);
  };
  const sent = discord.as(ids.alice).in(ids.ops).types("help");
  await discord.until(() => sent.original?.loading === false);
  expect(heard).toEqual([discord.gateway.sessions[0]?.events.length]);
});

it("resumes after every kind of interruption, without a new session", async () => {
  const team = await openTeam({ heartbeatMs: 200 });
  const { discord } = team;
  const interruptions = [
    () => discord.gateway.reconnect(),
    () => discord.gateway.cut(4000),
    () => discord.gateway.cut(4009),
    () => discord.gateway.cut(),
    () => (discord.gateway.zombie = true),
  ];
  for (const [count, interrupt] of interruptions.entries()) {
    interrupt();
    await discord.until(() => discord.gateway.resumes > count);
    discord.gateway.zombie = false;
    await expect.poll(() => logged(team, "the Discord session goes on")).toBe(count + 1);
  }
  expect(identifies(team)).toBe(1);
  expect(logged(team, "may have been missed")).toBe(0);
});

it("keeps its session when the gateway cannot be reached for a while", async () => {
  const team = await openTeam();
  const { discord } = team;
  discord.gateway.down = true;
  discord.gateway.cut();
  await expect.poll(() => logged(team, "the connection with Discord was lost"), { timeout: 10_000 }).toBeGreaterThan(2);
  expect(() => team.bot.check()).toThrow(/Nothing is heard from Discord since 2/);
  discord.gateway.down = false;
  await discord.until(() => discord.gateway.resumes === 1);
  expect(identifies(team)).toBe(1);
});

it("says between when and when something may have been missed, once its session is lost", async () => {
  const team = await openTeam();
  const { discord } = team;
  discord.gateway.invalidate(false);
  await expect.poll(() => logged(team, "events may have been missed between 20"), { timeout: 10_000 }).toBe(1);
  expect(identifies(team)).toBe(2);
  await team.bot.close();
  discord.gateway.forget();
  team.pass(3_600_000);
  await team.restart();
  await expect.poll(() => logged(team, "events may have been missed"), { timeout: 10_000 }).toBe(2);
  const { context } = team.log.findLast(({ message }) => message.includes("missed")) ?? { context: {} };
  const { from, to } = context as { from: string; to: string };
  expect(Date.parse(to) - Date.parse(from)).toBeGreaterThanOrEqual(3_600_000);
});

it("says in words that its token was revoked, and leaves Discord in peace", async () => {
  const team = await openTeam();
  const { discord } = team;
  discord.revokeToken();
  await expect.poll(() => logged(team, "Discord does not take the bot's token")).toBe(1);
  expect(() => team.bot.check()).toThrow("Discord does not take the bot's token");
  const { mouth } = team.bot;
  const delivery = {
    place: `discord:${ids.ops}`,
    key: "k",
    again: false,
    runId: null,
    actor: null,
    signal: AbortSignal.timeout(1000),
  };
  const say = () => mouth.say({ text: "hello", tone: "result", mentions: [] }, "100000000000000001", delivery);
  await expect(say()).rejects.toMatchObject({
    code: "discord_unauthorized",
    hint: expect.stringContaining("Reset Token"),
  });
  const { invalid } = discord.limits;
  for (let again = 0; again < 20; again += 1)
    await expect(say()).rejects.toMatchObject({ code: "discord_unauthorized" });
  expect(discord.limits.invalid).toBe(invalid);
});

it("does not begin with a token that is wrong, or another application's", async () => {
  const team = await openTeam();
  const wrong = team.another({ token: new Secret("wrong") });
  await expect(wrong.listen(team.desk)).rejects.toMatchObject({ code: "discord_unauthorized" });
  const other = team.another({ application: "999" });
  await expect(other.listen(team.desk)).rejects.toThrow(
    `The token is that of application ${ids.application}, not of 999.`,
  );
  expect(() => other.check()).toThrow("not of 999");
});

it("puts a new session off after a few, and can be closed while it waits", async () => {
  const team = await openTeam();
  const begun = [5, 4, 3, 2, 1].map((seconds) => team.now() - seconds * 1000);
  const kept = JSON.stringify({ session: null, heardAt: null, begun });
  const waiting = team.another({ keep: { read: async () => kept, write: async () => undefined } });
  const listening = waiting.listen(team.desk);
  await expect.poll(() => logged(team, "put off to save the token")).toBe(1);
  expect(identifies(team)).toBe(1);
  await waiting.close();
  await listening;
  expect(identifies(team)).toBe(1);
});

it("sends fewer than 200 IDENTIFYs a day, however often it crashes", () => {
  let begun: number[] = [];
  let sent = 0;
  for (let now = 0; now < 24 * 3_600_000;) {
    now += 2000 + identifyDelay(begun, now);
    begun = [...lately(begun, now), now];
    sent += 1;
  }
  expect(sent).toBeGreaterThan(20);
  expect(sent).toBeLessThan(200);
});
