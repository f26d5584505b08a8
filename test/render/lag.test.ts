import { expect, it } from "vitest";
import type { LagSample } from "../../src/core/drawing.ts";
import { svgOf } from "../../src/render/draw.ts";
import { stretchesOf } from "../../src/render/lag-stretches.ts";
import { lagWords } from "../../src/render/lag-words.ts";
import { lag } from "./samples.ts";

const stretches = (samples: readonly LagSample[]) =>
  stretchesOf({ ...lag, from: 0, to: 100, every: 10 }, { node: "db2", samples }).map(({ kind, from, to }) => [
    kind,
    from,
    to,
  ]);

it("cuts time where what is known changes", () => {
  const samples: LagSample[] = [
    [0, 1],
    [10, 2],
    [20, "stopped"],
    [30, "stopped"],
    [40, null],
    [50, 3],
    [60, 4],
    [70, 5],
    [80, 6],
    [90, 7],
  ];
  expect(stretches(samples)).toEqual([
    ["known", 0, 20],
    ["stopped", 20, 40],
    ["unknown", 40, 50],
    ["known", 50, 100],
  ]);
});

it("takes silence for unknown: before, between and after", () => {
  expect(stretches([])).toEqual([["unknown", 0, 100]]);
  expect(
    stretches([
      [50, 1],
      [60, 1],
    ]),
  ).toEqual([
    ["unknown", 0, 50],
    ["known", 50, 70],
    ["unknown", 70, 100],
  ]);
});

it("never draws a line over what is not known", () => {
  const gap = (behind: LagSample[1]) => ({
    ...lag,
    events: [],
    series: [
      { node: "db2", samples: lag.series[1]?.samples.map(([at], i): LagSample => [at, i === 100 ? behind : 1]) ?? [] },
    ],
  });
  const lines = (behind: LagSample[1]) => [...svgOf(gap(behind)).matchAll(/<path d="M[\d.]+ [\d.]+L/g)].length;
  expect([lines(1), lines(null), lines("stopped")]).toEqual([1, 2, 2]);
});

it("says the same in words", () => {
  const words = lagWords(lag).join(" ");
  expect(words).toContain("db2: at most 90 s behind (13:02 UTC), 0 s when last seen");
  expect(words).toContain("replication stopped 12:45-12:55 UTC; not known 12:55-13:02 UTC.");
  expect(words).toContain("12:46 UTC db2 stopped replicating");
});
