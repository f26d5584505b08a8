import { expect, test } from "vitest";
import { forgetSeries } from "../../src/engine/series.ts";
import type { DatabaseState } from "../../src/ops/facts/database.ts";
import { onBothStores } from "../engine/stores.ts";
import { failOver, openWatched } from "./watched.ts";

onBothStores((store) => {
  test("numbers are kept by the minute for two days and by ten minutes for thirty", async () => {
    const { state, clock } = await openWatched(await store.place());
    const from = clock.now();
    const hour = 3_600_000;
    const count = async () =>
      (await state.store.all("select span, count(*) as count from points group by span order by span")).map((row) => [
        row["span"],
        Number(row["count"]),
      ]);
    for (let minute = 0; minute < 20; minute += 1) {
      await state.series.add("demo", [{ node: "db1", metric: "load", value: minute }], from + minute * 60_000);
    }
    await state.series.flush();
    expect(await count()).toEqual([
      [60_000, 20],
      [600_000, 2],
    ]);
    await forgetSeries(state.store, from + 49 * hour);
    expect(await count()).toEqual([[600_000, 2]]);
    clock.pass(49 * hour);
    expect(await state.series.read("demo", "load", from, from + hour, 60)).toEqual([
      {
        node: "db1",
        points: [
          { at: from, low: 0, high: 9, average: 4.5 },
          { at: from + 600_000, low: 10, high: 19, average: 14.5 },
        ],
      },
    ]);
    await forgetSeries(state.store, from + 31 * 24 * hour);
    expect(await state.series.read("demo", "load", from, from + hour, 60)).toEqual([]);
  });

  test("numbers are kept over time, and who the writer was", async () => {
    const watched = await openWatched(await store.place());
    const { state, clock } = watched;
    const from = clock.now();
    await watched.look(6);
    watched.nodes.tell<DatabaseState>("db2", "database state", (told) => ({
      ...told,
      source: told.source && { ...told.source, lag: 8 },
    }));
    await watched.look(6);
    failOver(watched);
    await watched.look(12);
    await state.series.flush();
    const lines = await state.series.read("demo", "replication lag s", from, clock.now() + 60_000, 100);
    expect(lines.map(({ node }) => node)).toEqual(["db1", "db2"]);
    expect(lines[1]?.points.slice(0, 2)).toMatchObject([
      { at: from, low: 0, high: 8, average: expect.closeTo((5 * 8) / 11) },
      { at: from + 60_000, low: 0, high: 8 },
    ]);
    const [whole] = await state.series.read("demo", "replication lag s", from, clock.now(), 1);
    expect(whole?.points).toHaveLength(1);
    const words = await state.series.words("demo", "holder db", from, clock.now());
    expect(words.map(({ text, at }) => [text, at - from])).toEqual([
      ["db1", 5000],
      ["db2", 65_000],
    ]);
    const drawn = (await watched.result("/inspect replication demo"))?.drawing;
    if (drawn?.kind !== "lag") throw new Error("it drew no lag");
    expect(drawn.events).toEqual([{ at: from + 65_000, says: "db2 became the writer" }]);
    expect(drawn.series.find(({ node }) => node === "db2")?.samples[0]).toEqual([from, 8]);
    expect(await state.series.words("demo", "holder db", clock.now() - 1, clock.now())).toMatchObject([
      { text: "db2" },
    ]);
  });
});
