import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WhoMay } from "../../src/auth/who-may.ts";
import { submit, type Ended } from "../../src/chat/console/client.ts";
import { readConfig } from "../../src/config.ts";
import type { Card } from "../../src/core/card.ts";
import { openBot, owner, socketPath, type Bot } from "../../src/main/bot.ts";
import { openWorld, type World, configIn } from "../../src/main/demo-world.ts";
import { commands } from "../../src/main/registry.ts";
import { liveConfig } from "../../src/main/reload.ts";
import { simulatedReach } from "../../src/main/simulated-reach.ts";

let world: World;
let bot: Bot;
let stateDir: string;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "nonet-test-"));
  world = await openWorld(true, () => undefined);
  const config = {
    ...(await readConfig({ NONET_CONFIG: "/nonexistent" }, commands)),
    stateDir,
    ...configIn(world),
    whoMay: WhoMay.parse({
      people: [
        { name: "bob", roles: ["operator"], console: "bob" },
        { name: "carol", roles: ["viewer"], console: "carol" },
      ],
    }),
  };
  bot = await openBot(await liveConfig(() => Promise.resolve(config)), simulatedReach);
});

afterAll(async () => {
  await bot.close();
  await world.remove();
  await rm(stateDir, { recursive: true, force: true });
});

/** Types a command at the console and approves what it asks; `seen` gets every card until the end. */
const type = (text: string, user = owner, seen: (card: Card) => void = () => undefined): Promise<Ended> =>
  submit(socketPath(stateDir), text, user, {
    card: seen,
    ask: (card) => Promise.resolve(card.question?.approveWith ?? "yes"),
  });

/** Types a command; resolves with the first card that fits, and with its end. */
async function typeUntil(text: string, fits: (card: Card) => boolean): Promise<{ card: Card; end: Promise<Ended> }> {
  const { promise, resolve } = Promise.withResolvers<Card>();
  const end = type(text, owner, (card) => fits(card) && resolve(card));
  return { card: await Promise.race([promise, end.then((ended) => ended.card)]), end };
}

const idOf = (card: Card): string =>
  /[0-9a-f]{8}/.exec(card.facts.find(([name]) => name === "run")?.[1] ?? "")?.[0] ?? "";

it("holds a build while the cluster is locked, and lets it go on", { timeout: 120_000 }, async () => {
  await expect(type("/lock nowhere new disk")).rejects.toThrow("no cluster named nowhere");
  await expect(type("/lock demo new disk", "carol")).rejects.toThrow("needs the role operator");
  expect((await type("/lock demo bob's new disk", "bob")).result.verdict).toBe(
    "Changes of demo wait until /unlock demo.",
  );
  await expect(type("/lock demo mine")).rejects.toThrow(/demo is locked by bob since .* UTC: bob's new disk/);
  expect((await type("/cluster list")).result.text).toMatch(/^demo is locked by bob since .*: bob's new disk$/);
  const build = await typeUntil("/cluster build demo", ({ state }) => state === "waiting");
  await expect
    .poll(async () => (await type("/runs list demo")).result.table?.rows[0]?.at(-1))
    .toMatch(/^waiting: 1st in line\. demo is locked by bob since .*: bob's new disk$/);
  await expect(type("/unlock demo")).rejects.toMatchObject({ hint: expect.stringContaining("say why you lift it") });
  expect((await type("/unlock demo the disk is in")).result.verdict).toContain("lifted it: the disk is in");
  expect((await build.end).result).toMatchObject({ ok: true, data: { nodes: 9 } });
  await expect(type("/unlock demo")).rejects.toThrow("demo is not locked");
});

it("cancels a run at the next safe point, says how things are left, and resumes it", { timeout: 120_000 }, async () => {
  expect((await type("/cluster destroy demo")).result).toMatchObject({ ok: true });
  const atWork = ({ checklist }: Card) => checklist.some(({ title }) => title.startsWith("Create "));
  const build = await typeUntil("/cluster build demo", atWork);
  const id = idOf(build.card);
  await expect(type(`/runs resume ${id}`)).rejects.toThrow("nothing to resume");
  await expect(type(`/runs cancel ${id}`, "carol")).rejects.toThrow("needs the role");
  expect((await type(`/runs cancel ${id}`, "bob")).result.verdict).toMatch(/stops at the next safe point/);
  const { result } = await build.end;
  expect(result).toMatchObject({ ok: false, data: { state: "cancelled" } });
  expect(result.verdict).toContain("bob cancelled it.");
  expect(result.verdict).toContain(`/runs resume ${id} carries on from what it finds`);
  await expect(type(`/runs cancel ${id}`)).rejects.toThrow("has ended already: cancelled");
  await expect(type(`/runs resume ${id}`, "carol")).rejects.toThrow("/cluster build on demo needs the role operator");
  const resumed = await type(`/runs resume ${id}`);
  expect(resumed.result).toMatchObject({ ok: true, data: { nodes: 9 } });
  expect(resumed.card.facts).toContainEqual(["carries on", `run ${id}`]);
  await expect(type(`/runs resume ${idOf(resumed.card)}`)).rejects.toThrow("ended well");
  expect((await type(`/runs retry ${idOf(resumed.card)}`)).result).toMatchObject({ ok: true, data: { changed: 0 } });
  expect((await type(`/runs show ${id}`, "carol")).card.verdict).toContain("bob cancelled it.");
});

it("cancels what waits at once, and freezes everything", { timeout: 60_000 }, async () => {
  await type("/freeze outage of the provider", "bob");
  expect((await type("/cluster status demo")).result.text).toMatch(
    /^All changes are frozen by bob since .*: outage of/,
  );
  const build = await typeUntil("/cluster build demo", ({ state }) => state === "waiting");
  const cancelled = await type(`/runs cancel ${idOf(build.card)}`);
  expect(cancelled.result.verdict).toBe(`/cluster build demo by ${owner} is cancelled.`);
  expect((await build.end).result.verdict).toContain("cancelled it before its turn came. Nothing was changed.");
  await type("/unfreeze", "bob");
  expect((await type("/cluster build demo")).result).toMatchObject({ ok: true, data: { changed: 0 } });
});

it("explains ids it cannot use", async () => {
  await expect(type("/runs show 00000000")).rejects.toThrow("There is no run 00000000.");
  await expect(type("/runs show 1234")).rejects.toThrow("its first 8 characters are enough");
});
