import { expect, it } from "vitest";
import { z } from "zod";
import { WhoMay } from "../../src/auth/who-may.ts";
import { NotifyFile, routesFor } from "../../src/chat/notify.ts";
import type { About } from "../../src/core/notice.ts";

const whoMay = WhoMay.parse({
  channels: [
    { name: "ops", slack: "C1", discord: "33333333333333333" },
    { name: "night", slack: "C2" },
  ],
});
const failed: About = { topic: "failed", severity: "warning", cluster: "prod" };
const noon = Date.parse("2026-01-01T12:00:00Z");

/** Routes by such entries, without the console. */
function routes(notify: readonly object[], about: Partial<About> = {}, at: number | string = noon) {
  const parsed = z.object(NotifyFile).parse({ notify });
  const [console, ...rest] = routesFor(
    { ...parsed, whoMay },
    { ...failed, ...about },
    typeof at === "string" ? Date.parse(at) : at,
  );
  expect(console).toEqual({ place: "console", quiet: null, mention: [] });
  return rest;
}
const places = (...args: Parameters<typeof routes>) => routes(...args).map(({ place }) => place);

it("tells the channels that want to hear of a topic, on every platform they are on; what failed has ended as well", () => {
  const ops = ["slack:C1", "discord:33333333333333333"];
  expect(places([{ channel: "ops", on: ["failed"] }])).toEqual(ops);
  expect(places([{ channel: "ops", on: ["ended"] }])).toEqual(ops);
  expect(places([{ channel: "ops", on: ["failed"] }], { topic: "ended" })).toEqual([]);
  expect(places([{ channel: "ops", on: ["glass", "audit"] }])).toEqual([]);
});

it("routes by severity and by cluster; what is about no cluster concerns everybody", () => {
  const critical = [{ channel: "night", on: ["failed", "glass"], severity: "critical" }];
  expect(places(critical)).toEqual([]);
  expect(places(critical, { severity: "critical" })).toEqual(["slack:C2"]);
  const prod = [{ channel: "night", on: ["failed"], clusters: ["prod"] }];
  expect(places(prod)).toEqual(["slack:C2"]);
  expect(places(prod, { cluster: "staging" })).toEqual([]);
  expect(places(prod, { cluster: null })).toEqual(["slack:C2"]);
});

it("names each place once, with everybody on call, and lets the entry count that does not wait", () => {
  const quiet = { from: "00:00", to: "23:59" };
  const both = [
    { channel: "night", on: ["failed"], mention: ["alice"], quiet },
    { channel: "night", on: ["ended"], mention: ["bob", "alice"], clusters: ["prod"] },
  ];
  expect(routes(both)).toEqual([{ place: "slack:C2", quiet: null, mention: ["alice", "bob"] }]);
  expect(routes(both, { cluster: "staging" })).toMatchObject([{ mention: ["alice"], quiet: { ...quiet } }]);
});

it.each([
  ["before", "2026-01-01T20:59:59Z", false],
  ["at the beginning", "2026-01-01T21:00:00Z", true],
  ["after midnight", "2026-01-02T02:00:00Z", true],
  ["just before the end", "2026-01-02T05:59:59Z", true],
  ["at the end", "2026-01-02T06:00:00Z", false],
  ["in summer, when the clock is two hours ahead", "2026-07-01T20:00:00Z", true],
  ["at the end in summer", "2026-07-02T05:00:00Z", false],
  // In the night of 29 March 02:00 becomes 03:00; in that of 25 October 03:00 becomes 02:00.
  ["at the end of the night that lacks an hour", "2026-03-29T05:00:00Z", false],
  ["an hour before it", "2026-03-29T04:59:00Z", true],
  ["at the end of the night that has one more", "2026-10-25T06:00:00Z", false],
  ["an hour before that", "2026-10-25T05:00:00Z", true],
])("knows quiet hours by the clock on the wall: %s", (_when, at, isQuiet) => {
  const quiet = { from: "22:00", to: "07:00", timezone: "Europe/Berlin" };
  expect(routes([{ channel: "night", on: ["failed"], quiet }], {}, at)[0]?.quiet !== null).toBe(isQuiet);
});

it("holds only what is less severe, in hours of the day as well", () => {
  const held = (below: string | undefined, severity: About["severity"]) => {
    const quiet = { from: "11:00", to: "13:00", ...(below === undefined ? {} : { below }) };
    return routes([{ channel: "night", on: ["failed"], quiet }], { severity })[0]?.quiet !== null;
  };
  expect([held(undefined, "warning"), held(undefined, "critical")]).toEqual([true, false]);
  expect([held("warning", "info"), held("warning", "warning")]).toEqual([true, false]);
});
