import { expect, it } from "vitest";
import { restingIn, slower, timeFor } from "../../src/watch/pace.ts";
import { aCluster } from "../fixtures/cluster.ts";

/** Milliseconds between two looks, and until a look that is due begins. */
const [interval, tick] = [5000, 250];

it("a node that usually is quick and hangs is told of within 15 s, also when that takes two looks", () => {
  const ms = (how: "sound" | "silent" | "heavy") => timeFor(600, how).deadlineMs;
  expect(interval + tick + ms("sound") + tick + ms("silent")).toBeLessThan(11_500);
  expect(interval + tick + ms("heavy") + tick + ms("silent")).toBeLessThan(15_000);
});

it("a slow node is given the time it takes, and one that became slow is given more and more", () => {
  expect(timeFor(2500, "sound").deadlineMs).toBe(7500);
  let pace = 800;
  for (let looks = 0; looks < 5; looks += 1) pace = slower(pace);
  expect(timeFor(pace, "sound").deadlineMs).toBe(10_000);
  expect(timeFor(undefined, "sound").deadlineMs).toBe(10_000);
});

it("facts end before the round trip does", () => {
  for (const pace of [0, 1000, 2500, 9000]) {
    for (const how of ["sound", "silent", "heavy"] as const) {
      const { factSeconds, deadlineMs } = timeFor(pace, how);
      expect(factSeconds * 1000).toBeLessThan(deadlineMs);
    }
  }
});

it("leaves a pair in peace whose looks take long, but never one of which a node is silent", () => {
  const cluster = aCluster();
  const asked = Object.fromEntries(cluster.nodes.map(({ name }) => [name, 1000]));
  const pace = { db1: 400, nfs1: 3000, nfs2: 500 };
  const at = (now: number, silent: string[] = []) => [...restingIn(cluster, { pace, asked, silent }, now)];
  expect(at(6000)).toEqual(["nfs1", "nfs2"]);
  expect(at(6000, ["nfs2"])).toEqual([]);
  expect(at(13_000)).toEqual([]);
  expect([...restingIn(cluster, { pace: { web1: 60_000 }, asked, silent: [] }, 30_000)]).toEqual(["web1", "web2"]);
  expect([...restingIn(cluster, { pace: { web1: 60_000 }, asked, silent: [] }, 31_000)]).toEqual([]);
});
