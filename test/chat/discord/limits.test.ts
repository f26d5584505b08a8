import { clusters } from "../../render/samples.ts";
import { expect, it } from "vitest";
import { Budget } from "../../../src/chat/discord/budget.ts";
import { runCard } from "../../../src/core/run-card.ts";
import { MouthBusy, MouthError, type Delivery } from "../../../src/core/mouth.ts";
import { ids } from "../../fakes/discord/sample.ts";
import { asking, openTeam, read, type Team } from "./team.ts";

const delivery = (key: string, place = `discord:${ids.ops}`): Delivery => ({
  place,
  key,
  again: false,
  runId: null,
  actor: null,
  signal: AbortSignal.timeout(10_000),
});

async function cardsOf({ world }: Team, runId: string) {
  const view = await world.engine.view(runId);
  if (view === undefined) throw new Error("there is no run");
  const urgent = runCard(view);
  return { urgent, progress: { ...urgent, question: null, actions: [] } };
}

it("keeps what is urgent in front of progress", async () => {
  const team = await openTeam({ limits: { edit: { count: 5, ms: 60_000 } } });
  const { card, runId } = await asking(team);
  const { urgent, progress } = await cardsOf(team, runId);
  const used = team.discord.exchanges.filter(({ method, path }) => method === "PATCH" && path.includes(card.id)).length;
  const { mouth } = team.bot;
  let taken = used;
  const refused = await (async () => {
    for (;;) {
      try {
        await mouth.update(card.id, progress, delivery(`progress ${taken}`));
        taken += 1;
      } catch (error) {
        return error;
      }
    }
  })();
  expect(refused).toBeInstanceOf(MouthBusy);
  expect(taken).toBeLessThanOrEqual(3);
  await mouth.update(card.id, urgent, delivery("urgent 1"));
  await mouth.update(card.id, urgent, delivery("urgent 2"));
  expect(read(card)).toContain("Without an answer");
  expect(team.rateLimits).toBe(0);
});

it("sits a storm of 429 out without adding to it", async () => {
  const team = await openTeam();
  const { discord } = team;
  const end = discord.inflict({ kind: "storm", retryAfterMs: 60_000, scope: "global" }, { path: /^\/channels/ });
  const { mouth } = team.bot;
  const saying = { text: "hello", tone: "result", mentions: [] } as const;
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const refused = await mouth
      .say(saying, "100000000000000001", delivery(`say ${attempt}`))
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(MouthBusy);
    expect(refused).toMatchObject({ afterMs: expect.closeTo(60_000, -4) });
  }
  end();
  expect(team.rateLimits).toBe(1);
  expect(discord.limits.invalid).toBe(1);
  // Interactions have limits of their own.
  const look = discord.as(ids.alice).in(ids.ops).types("help");
  await discord.until(() => look.original?.loading === false);
});

it("posts once, whatever becomes of the answer", async () => {
  const team = await openTeam();
  const { discord } = team;
  discord.inflict({ kind: "error", status: 503 }, { method: "POST", path: /messages$/, times: 1 });
  discord.inflict({ kind: "lost" }, { method: "POST", path: /messages$/, times: 1 });
  const { card } = await asking(team);
  expect(
    discord.exchanges.filter(({ method, path }) => method === "POST" && path.endsWith("/messages")).length,
  ).toBeGreaterThan(1);
  expect(discord.messages(ids.ops)).toEqual([card]);
  expect(discord.wrongs).toEqual([]);
});

it("tells what can never be said from what somebody can permit", async () => {
  const team = await openTeam();
  const { mouth } = team.bot;
  const saying = { text: "hello", tone: "result", mentions: [] } as const;
  const say = (channel: string) => mouth.say(saying, "100000000000000001", delivery(channel, `discord:${channel}`));
  await expect(say("123456789012345678")).rejects.toBeInstanceOf(MouthError);
  await expect(say(ids.readOnly)).rejects.toMatchObject({
    code: "discord_refused",
    hint: expect.stringContaining("doctor"),
  });
  await expect(say(ids.hidden)).rejects.toMatchObject({ hint: expect.stringContaining("View Channel") });
});

it("stops progress, and then everything, long before Discord bans the address", () => {
  let now = 1_000_000;
  const budget = new Budget(() => now);
  const answered = (count: number, status: number) => {
    for (let each = 0; each < count; each += 1) {
      budget.heard("PATCH /a", { status, isOldMessage: false, header: () => null });
    }
  };
  answered(999, 403);
  expect(() => budget.check("POST /b", true)).not.toThrow();
  answered(1, 401);
  expect(() => budget.check("POST /b", true)).toThrow(MouthBusy);
  expect(() => budget.check("POST /b", false)).not.toThrow();
  answered(4000, 403);
  expect(() => budget.check("POST /b", false)).toThrow(MouthBusy);
  now += 600_001;
  expect(() => budget.check("POST /b", true)).not.toThrow();
});

it("keeps a picture on its card without sending it again, and puts long output into the thread as a file", async () => {
  const team = await openTeam();
  const { discord } = team;
  const { mouth } = team.bot;
  const { runId } = await asking(team);
  const { progress } = await cardsOf(team, runId);
  const card = { ...progress, title: "a picture", picture: clusters.healthy };
  const id = await mouth.post(card, delivery("picture"));
  expect(await mouth.post(card, delivery("picture"))).toBe(id);
  const message = discord.messages(ids.ops).find((each) => each.id === id);
  const [first] = message?.wire.attachments ?? [];
  await mouth.update(id, { ...card, verdict: "it goes on" }, delivery("picture 2"));
  expect(message?.wire.attachments).toEqual([first]);
  await mouth.update(id, { ...card, picture: clusters.split }, delivery("another picture"));
  expect(message?.wire.attachments).toHaveLength(1);
  expect(message?.wire.attachments[0]?.id).not.toBe(first?.id);
  await mouth.update(id, { ...card, picture: null }, delivery("picture 3"));
  expect(message?.wire.attachments).toEqual([]);
  await mouth.say({ text: "line\n".repeat(2000), tone: "file", mentions: [] }, id, delivery("file"));
  await mouth.say({ text: "in the thread", tone: "log", mentions: [] }, id, delivery("log"));
  discord.admin.closeThread(id, { archived: true });
  await mouth.say({ text: "once more", tone: "news", mentions: ["bob"] }, id, delivery("news"));
  const [file, log, news] = discord.messages(id);
  expect(file?.wire.attachments).toHaveLength(1);
  expect([read(log), news?.pings.users]).toEqual(["in the thread", [ids.bob]]);
  expect(discord.wrongs).toEqual([]);
});
