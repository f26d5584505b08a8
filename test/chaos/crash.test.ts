import { expect, test } from "vitest";
import { onBothStores } from "../engine/stores.ts";
import { buildOnce, buildThrough } from "./build.ts";
import { wrongs } from "./judge.ts";
import type { Moment } from "./moments.ts";
import { openPlaces } from "./places.ts";
import { crashPoints, sample } from "./points.ts";

/** All points when asked for; else a few that show that it works. */
const few = process.env["NONET_CHAOS"] === "all" ? undefined : 3;
/** Builds at once: each waits for two thirds of its time. */
const lanes = 6;

onBothStores(({ kind }) => {
  test("a build ends right wherever the bot is killed", { timeout: 1_800_000 }, async () => {
    const places = await openPlaces(kind);
    try {
      const undisturbed = await buildOnce(await places.next());
      expect(undisturbed.ending.result).toMatchObject({ ok: true, data: { nodes: 9 } });
      const points = crashPoints(undisturbed.moments);
      const tried = few === undefined ? points : sample(points, few);
      const found: Record<Moment, string[]> = {};
      await inLanes(tried, async (moment) => {
        const wrong = await buildThrough(await places.next(), moment).then(
          (built) => wrongs(undisturbed, built),
          (error: unknown) => [String(error)],
        );
        if (wrong.length === 0) return;
        found[moment] = wrong;
        console.error(`${kind}, “${moment}”: ${wrong.join("; ")}`);
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
