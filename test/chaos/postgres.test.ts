import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { postgresServer } from "../engine/postgres.ts";
import { onPostgres } from "../engine/stores.ts";
import { buildOnce, look, onSite, type Built } from "./build.ts";
import { wrongs } from "./judge.ts";
import { openPlaces, type Places } from "./places.ts";

onPostgres(() => {
  let places: Places;
  let undisturbed: Built;

  beforeAll(async () => {
    places = await openPlaces("postgres");
    undisturbed = await buildOnce(await places.next());
  }, 120_000);
  afterAll(() => places.remove());

  test("PostgreSQL stopped and started in the middle of a build: it goes on, and nothing is lost", async () => {
    await onSite(await places.next(), async (site) => {
      const bot = site.start();
      await bot.passed((moment) => moment === "base db1, to change");
      const server = await postgresServer();
      await server.restart(() => delay(1000));
      expect(wrongs(undisturbed, await look(site, bot))).toEqual([]);
    });
  });

  test("a bot frozen past its lease changes nothing once another has taken its run over", async () => {
    await onSite(await places.next(), async (site) => {
      const frozen = site.start({ end: { moment: "base db1, to change", signal: "SIGSTOP" } });
      await frozen.passed((moment) => moment === "reach db1, after");
      const other = site.start({ stateDir: places.beside() });
      const done = await look({ ...site, place: { ...site.place, stateDir: places.beside() } }, other);
      expect(wrongs(undisturbed, done)).toEqual([]);
      expect(done.ending.card.facts).toContainEqual(["resumed", expect.any(String)]);

      frozen.process.kill("SIGCONT");
      // It understands, and tells the end that the other one brought about.
      expect(await frozen.gone).toMatchObject({ runId: done.ending.runId, result: { ok: true } });
      expect(frozen.process.exitCode).toBe(0);
      const late = site.standIn.applied.slice(done.applied.length);
      expect(late.map(({ node }) => node)).toContain("db1");
      for (const change of late) expect(change).toMatchObject({ refused: { code: "superseded" } });
      expect(site.standIn.states()).toEqual(done.states);
    });
  });
});
