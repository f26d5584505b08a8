import { afterEach, beforeEach, expect, test } from "vitest";
import { plan } from "../lab-api/steps.ts";
import { at, startBench } from "../lab-api/harness.ts";
import type { Bench } from "../lab-api/harness.ts";
import { announceMaintenance } from "../../src/lab/faults.ts";
import { blindScopes } from "../../src/cloud/scopes.ts";
import { cloudOn, failure, testContext, webSpec } from "./cloud.ts";

const hour = 3_600_000;
let bench: Bench;
beforeEach(async () => {
  bench = await startBench({ limitedTokens: { builder: "linodes:read_write ips:read_write events:read_only" } });
});
afterEach(async () => {
  await bench.close();
});

const twoNodes = async () => {
  const cloud = cloudOn(bench);
  const one = await cloud.ensureNode(webSpec, testContext());
  const two = await cloud.ensureNode({ ...webSpec, label: "demo-web2" }, testContext());
  return { cloud, one, two };
};

test("nothing is announced", async () => {
  expect(await cloudOn(bench).maintenance(testContext())).toEqual({ maintenance: [], notifications: [] });
});

test("what is to come and what is under way is told, what is over is not", async () => {
  const { cloud, one, two } = await twoNodes();
  const soon = Math.floor(Date.now() / 1000) * 1000 + 2 * hour;
  plan(bench, { id: one.id, type: "reboot", at: soon }, { id: two.id, type: "live_migration", at: soon - 2.5 * hour });
  const told = await cloud.maintenance(testContext());
  const reason = expect.stringContaining("maintenance") as unknown;
  expect(told.maintenance).toEqual([
    { nodeId: two.id, type: "live_migration", started: true, at: soon - 2.5 * hour, reason },
    { nodeId: one.id, type: "reboot", started: false, at: soon, reason },
  ]);
  expect(told.notifications.map(({ nodeId, severity, type }) => [nodeId, severity, type])).toEqual([
    [two.id, "major", "maintenance"],
    [one.id, "major", "maintenance"],
  ]);
  plan(bench, { id: one.id, type: "reboot", at: soon - 10 * hour });
  expect(await cloud.maintenance(testContext())).toEqual({ maintenance: [], notifications: [] });
});

test("the lab announces it, moves it, and takes it back", async () => {
  const { cloud, one, two } = await twoNodes();
  const announced = async () =>
    (await cloud.maintenance(testContext())).maintenance.map(({ nodeId, type }) => [nodeId, type]);
  const later = Date.now() + hour;
  await announceMaintenance(bench.stateDir, one, { type: "reboot", at: later });
  await announceMaintenance(bench.stateDir, two, { type: "reboot", at: later + hour });
  await announceMaintenance(bench.stateDir, one, { type: "cold_migration", at: later + 2 * hour });
  expect(await announced()).toEqual([
    [two.id, "reboot"],
    [one.id, "cold_migration"],
  ]);
  await announceMaintenance(bench.stateDir, two, null);
  expect(await announced()).toEqual([[one.id, "cold_migration"]]);
});

test("all pages are read", async () => {
  const { cloud, one } = await twoNodes();
  const many = Array.from({ length: 205 }, (_, day) => ({
    id: one.id,
    type: "reboot",
    at: Date.now() + (day + 1) * hour,
  }));
  plan(bench, ...many);
  expect((await cloud.maintenance(testContext())).maintenance).toHaveLength(205);
  const asked = bench.exchanges.filter(({ path }) => path === "/v4beta/account/maintenance");
  expect(asked.map(({ query }) => new URLSearchParams(query).get("page"))).toEqual(["1", "2", "3"]);
});

test("a token that may not read the account says so, and can build all the same", async () => {
  const cloud = cloudOn(bench, "builder");
  expect((await cloud.ensureNode(webSpec, testContext())).created).toBe(true);
  const refused = await failure(cloud.maintenance(testContext()));
  expect(refused.code).toBe("cloud_scope");
  expect(refused.message).toContain("lacks the scope account:read_only");
  expect(await cloud.whoAmI(testContext())).toMatchObject({ missing: [], blind: ["account:read_only"] });
  expect(blindScopes(null)).toEqual([]);
});

test("what the API does not promise is refused, not guessed", async () => {
  bench.trouble = (_, path) =>
    path.endsWith("/maintenance") ? { status: 200, body: JSON.stringify({ data: [{ status: 7 }], pages: 1 }) } : null;
  expect((await failure(cloudOn(bench).maintenance(testContext()))).code).toBe("cloud_unexpected_answer");
});

test("filters and pages of the lab are those of the API", async () => {
  const { one } = await twoNodes();
  plan(bench, { id: one.id, type: "reboot", at: Date.now() + hour });
  const ask = (filter: string, path = "maintenance") =>
    bench.raw("GET", `/v4/account/${path}`, undefined, { "X-Filter": filter });
  expect(at((await ask('{"status":"pending"}')).body, "results")).toBe(1);
  expect(at((await ask('{"status":"started"}')).body, "results")).toBe(0);
  expect((await ask('{"reason":"x"}')).status).toBe(400);
  expect((await ask('{"type":"x"}', "notifications")).status).toBe(400);
  expect((await bench.raw("POST", "/v4/account/maintenance", {})).status).toBe(405);
});
