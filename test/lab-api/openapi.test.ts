import { expect, test } from "vitest";
import { startBench } from "./harness.ts";
import { missingSpec, OpenApi } from "./openapi.ts";
import { redirect, walkThrough } from "./scenario.ts";

test.skipIf(missingSpec !== null)(`answers are as documented ${missingSpec ?? ""}`, async () => {
  const bench = await startBench();
  redirect(bench.url);
  await walkThrough();
  await bench.close();
  const openApi = new OpenApi();
  const wrong = new Set(bench.exchanges.flatMap((exchange) => openApi.check(exchange)));
  console.log(`held ${String(bench.exchanges.length)} exchanges against the OpenAPI document`);
  expect([...wrong]).toEqual([]);
  expect(bench.exchanges.length).toBeGreaterThan(80);
});

test.skipIf(missingSpec !== null)(`what is not as documented is found ${missingSpec ?? ""}`, async () => {
  const bench = await startBench();
  redirect(bench.url);
  await walkThrough();
  await bench.close();
  const openApi = new OpenApi();
  const creation = bench.exchanges.find(({ method, path }) => method === "POST" && path.endsWith("/instances"));
  if (creation === undefined) throw new Error("no creation");
  expect(openApi.check(creation)).toEqual([]);
  expect(openApi.check({ ...creation, sent: { type: "g6-nanode-1", colour: "red" } })).toEqual([
    expect.stringContaining("'region'"),
    expect.stringContaining('"colour"'),
  ]);
  expect(openApi.check({ ...creation, received: { id: "seven" } })).toEqual([
    expect.stringContaining("/id must be integer"),
  ]);
  expect(openApi.check({ ...creation, path: "/v4/linode/nothing" })).toEqual([
    expect.stringContaining("not in the document"),
  ]);
});
