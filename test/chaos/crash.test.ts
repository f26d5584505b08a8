import { expect, test } from "vitest";
import { onBothStores } from "../engine/stores.ts";
import { buildOnce, buildThrough } from "./build.ts";
import { wrongs } from "./judge.ts";
import { openPlaces } from "./places.ts";
import { crashPoints, pairs, sample, shareOf } from "./points.ts";

/** All points when asked for; else a few that show that it works. */
const few = process.env["NONET_CHAOS"] === "all" ? undefined : 4;
/** Builds at once: each waits for two thirds of its time. */
const lanes = 6;

onBothStores(({ kind }) => {
  test("a build ends right wherever the bot is killed", { timeout: 1_800_000 }, async () => {
    const places = await openPlaces(kind);
    try {
      const undisturbed = await buildOnce(await places.next());
      expect(undisturbed.ending.result).toMatchObject({ ok: true, data: { nodes: 9 } });
      const points = crashPoints(undisturbed.moments);
      const tried = few === undefined ? shareOf(points, kind) : sample(points, few);
      if (few === undefined) expect(tried.length).toBeGreaterThanOrEqual(100);
      const found: Record<string, string[]> = {};
      await inLanes(pairs(tried), async (moments) => {
        const wrong = await buildThrough(await places.next(), moments).then(
          (built) => wrongs(undisturbed, built),
          (error: unknown) => [String(error)],
        );
        if (wrong.length === 0) return;
        const where = moments.map((moment) => `“${moment}”`).join(" and ");
        found[where] = wrong;
        console.error(`${kind}, ${where}: ${wrong.join("; ")}`);
      });
      expect(found).toEqual({});
      console.log(`${kind}: ${tried.length} crash points tried, all ended right`);
    } finally {
      places.remove();
    }
  });
});

/** Does `work` for all items, a few at once. */
async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
