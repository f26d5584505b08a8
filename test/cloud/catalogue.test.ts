import { afterEach, beforeEach, expect, test } from "vitest";
import { at, startBench } from "../lab-api/harness.ts";
import type { Bench } from "../lab-api/harness.ts";
import { cloudOn, dbSpec, failure, testContext, webSpec } from "./cloud.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(async () => {
  await bench.close();
});

test("prices and sizes of plans, or which plans there are", async () => {
  const cloud = cloudOn(bench);
  const prices = await cloud.prices(["g6-standard-2", "g6-nanode-1"], "us-ord", testContext());
  expect(prices.get("g6-standard-2")).toEqual({
    monthlyUsd: 24,
    label: "Linode 4GB",
    diskMb: 81_920,
    memoryMb: 4096,
    vcpus: 2,
  });
  expect((await cloud.prices(["g6-nanode-1"], "br-gru", testContext())).get("g6-nanode-1")?.monthlyUsd).toBe(7);
  const error = await failure(cloud.prices(["g6-standard-3"], "us-ord", testContext()));
  expect(error.hint).toContain("g6-standard-2");
});

test("regions with their resolvers as a list", async () => {
  const regions = await cloudOn(bench).regions(testContext());
  expect(regions.map((region) => region.id)).toEqual(["us-ord", "us-east"]);
  expect(regions[0]).toMatchObject({ resolvers: ["198.18.0.1", "fd98:18::1"], status: "ok" });
  expect(regions[0]?.capabilities).toContain("Vlans");
});

test("members of a placement group are on hosts of their own", async () => {
  const context = testContext();
  const cloud = cloudOn(bench);
  const id = await cloud.ensurePlacementGroup("demo-db", "us-ord", context);
  expect(await cloud.ensurePlacementGroup("demo-db", "us-ord", context)).toBe(id);
  const grouped = { ...dbSpec, placementGroup: "demo-db" };
  const one = await cloud.ensureNode(grouped, context);
  const two = await cloud.ensureNode({ ...grouped, label: "demo-db2" }, context);
  expect(one.hostUuid).not.toBe(two.hostUuid);
  expect(await cloud.listPlacementGroups("demo-", context)).toEqual([
    { id, label: "demo-db", region: "us-ord", members: [one.id, two.id] },
  ]);
  expect(await cloud.listPlacementGroups("other-", context)).toEqual([]);
  expect((await failure(cloud.deletePlacementGroup("demo-db", context))).message).toContain("must be empty");
  expect((await failure(cloud.ensurePlacementGroup("demo-db", "us-east", context))).code).toBe(
    "cloud_foreign_placement_group",
  );
  for (const node of [one, two]) await cloud.deleteNode(node.id, "nonet:demo", context);
  await cloud.deletePlacementGroup("demo-db", context);
  await cloud.deletePlacementGroup("demo-db", context);
  expect(await cloud.listPlacementGroups("demo-", context)).toEqual([]);
});

test("an extra address is allocated once, also when the answer is lost, and shared beside others", async () => {
  const context = testContext();
  const cloud = cloudOn(bench);
  const labels = ["demo-lb1", "demo-lb2", "demo-lb3"];
  const [one, two, three] = await Promise.all(labels.map((label) => cloud.ensureNode({ ...webSpec, label }, context)));
  if (one === undefined || two === undefined || three === undefined) throw new Error("three nodes");
  let lost = 0;
  bench.trouble = (method, path) => (method === "POST" && path.endsWith("/ips") && lost++ === 0 ? "lose-answer" : null);
  const first = await cloud.ensureExtraIpv4(one.id, context);
  expect(await cloud.ensureExtraIpv4(one.id, context)).toBe(first);
  const own = await cloud.addresses(one.id, context);
  expect(own).toMatchObject({
    ipv4: { address: one.ipv4[0], gateway: "198.18.0.1", prefix: 24 },
    ipv6: { address: one.ipv6, prefix: 64 },
    extra: [first],
    shared: [],
  });
  const second = await cloud.ensureExtraIpv4(three.id, context);
  await cloud.shareIpv4(two.id, [first], context);
  await cloud.shareIpv4(two.id, [second], context);
  expect((await cloud.addresses(two.id, context)).shared).toEqual([first, second]);
  const shares = bench.exchanges.filter((exchange) => exchange.path.endsWith("/share")).length;
  await cloud.shareIpv4(two.id, [first], context);
  expect(bench.exchanges.filter((exchange) => exchange.path.endsWith("/share"))).toHaveLength(shares);
  const list = await bench.raw("GET", `/v4/linode/instances/${String(two.id)}/ips`);
  expect(at(list.body, "ipv4.shared.0.linode_id")).toBe(one.id);
});
