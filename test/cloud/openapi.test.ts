import { expect, test } from "vitest";
import { startBench } from "../lab-api/harness.ts";
import { missingSpec, OpenApi } from "../lab-api/openapi.ts";
import { plan } from "../lab-api/steps.ts";
import { cloudOn, dbSpec, failure, testContext, webSpec } from "./cloud.ts";

test.skipIf(missingSpec !== null)(`every request and answer is as documented ${missingSpec ?? ""}`, async () => {
  const bench = await startBench();
  const context = testContext();
  const cloud = cloudOn(bench);
  await cloud.ensurePlacementGroup("demo-db", "us-ord", context);
  const one = await cloud.ensureNode(webSpec, context);
  const two = await cloud.ensureNode({ ...dbSpec, placementGroup: "demo-db" }, context);
  await cloud.shareIpv4(two.id, [await cloud.ensureExtraIpv4(one.id, context)], context);
  await cloud.addresses(two.id, context);
  await cloud.shutdown(one.id, context);
  await cloud.boot(one.id, context);
  await cloud.prices(["g6-nanode-1"], "us-ord", context);
  await cloud.regions(context);
  await cloud.whoAmI(context);
  plan(bench, { id: one.id, type: "reboot", at: Date.now() + 7_200_000 });
  await cloud.maintenance(context);
  await failure(cloud.ensureNode({ ...webSpec, label: "demo-x", region: "mars-1" }, context));
  for (const node of await cloud.listNodes("nonet:demo", context))
    await cloud.deleteNode(node.id, "nonet:demo", context);
  await cloud.deletePlacementGroup("demo-db", context);
  await bench.close();
  const openApi = new OpenApi();
  const wrong = new Set(bench.exchanges.flatMap((exchange) => openApi.check(exchange)));
  const calls = new Set(bench.exchanges.map(({ method, path }) => `${method} ${path.replaceAll(/\d{3,}/g, "{}")}`));
  console.log(
    `held ${String(bench.exchanges.length)} exchanges of ${String(calls.size)} calls against the OpenAPI document`,
  );
  expect([...wrong]).toEqual([]);
  expect(calls.size).toBeGreaterThan(20);
});
