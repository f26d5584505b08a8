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
  expect(bench.exchanges.length).toBeGreaterThan(100);
});
