import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { at, startBench } from "./harness.ts";
import type { Answer, Bench } from "./harness.ts";
import { bare, instances, labels } from "./steps.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(async () => {
  await bench.close();
});

async function filter(value: unknown): Promise<Answer> {
  const header = typeof value === "string" ? value : JSON.stringify(value);
  return bench.raw("GET", instances, undefined, { "X-Filter": header });
}

describe("paging and filtering", () => {
  beforeEach(async () => {
    for (const [index, tags] of [["red", "blue"], ["red"], ["blue"], []].entries())
      await bare(bench, `node${String(index)}`, { tags, region: index < 2 ? "us-ord" : "us-east" });
  });

  test.each<[string, unknown, string[]]>([
    ["equality", { label: "node1" }, ["node1"]],
    ["a tag, whatever its case", { tags: "RED" }, ["node0", "node1"]],
    ["two fields", { tags: "blue", region: "us-east" }, ["node2"]],
    ["+and", { "+and": [{ tags: "red" }, { tags: "blue" }] }, ["node0"]],
    ["+or", { "+or": [{ label: "node0" }, { label: "node3" }] }, ["node0", "node3"]],
    ["+contains", { label: { "+contains": "DE2" } }, ["node2"]],
    ["+neq", { label: { "+neq": "node0" } }, ["node1", "node2", "node3"]],
    ["+gt and +lte", { label: { "+gt": "node0", "+lte": "node2" } }, ["node1", "node2"]],
    ["+gte", { label: { "+gte": "node3" } }, ["node3"]],
    ["+lt", { label: { "+lt": "node1" } }, ["node0"]],
    ["+order_by", { "+order_by": "label", "+order": "desc", tags: "red" }, ["node1", "node0"]],
  ])("by %s", async (_name, value, wanted) => {
    expect(labels(await filter(value))).toEqual(wanted);
  });

  test.each<[unknown, string]>([
    [{ watchdog_enabled: true }, "Cannot filter on watchdog_enabled"],
    [{ "+order_by": "specs" }, "Cannot order by"],
    [{ label: { "+like": "x" } }, "Unknown operator +like"],
    ["{", "Invalid JSON"],
  ])("refuses %j", async (value, reason) => {
    const answer = await filter(value);
    expect(answer.status).toBe(400);
    expect(at(answer.body, "errors.0.reason")).toContain(reason);
    expect(at(answer.body, "errors.0.field")).toBe("X-Filter");
  });

  test("pages have 25 to 500 items", async () => {
    for (let index = 4; index < 60; index += 1) await bare(bench, `node${String(index)}`);
    const second = await bench.raw("GET", `${instances}?page=2&page_size=25`);
    expect(second.body).toMatchObject({ page: 2, pages: 3, results: 60 });
    expect(labels(second)).toHaveLength(25);
    for (const query of ["page_size=24", "page_size=501", "page_size=x", "page=0"])
      expect((await bench.raw("GET", `${instances}?${query}`)).status).toBe(400);
    expect((await bench.raw("GET", `${instances}?page=9`)).status).toBe(404);
  });
});
