import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { plannedNodes } from "../../src/core/cluster.ts";
import type { Result } from "../../src/core/playbook.ts";
import { Secret } from "../../src/core/secret.ts";
import { openState } from "../../src/engine/state.ts";
import { openBot } from "../../src/main/bot.ts";
import { liveConfig } from "../../src/main/reload.ts";
import { simulatedReach } from "../../src/main/simulated-reach.ts";
import { benchConfig, logOf, openBench, type, type Bench } from "../main/bench.ts";

let bench: Bench;
let metrics: Response;
let text: string;
let built: Result;
let secrets: string[];

beforeAll(async () => {
  bench = await openBench();
  const config = await benchConfig(bench);
  const bot = await openBot(await liveConfig(() => Promise.resolve(config)), simulatedReach);
  built = await type(bench.stateDir, "/cluster build demo");
  // People mistype, and paste what they should not.
  for (const wrong of ["/cluster biuld demo", `/cluster status ${bench.token}`]) {
    await type(bench.stateDir, wrong).catch(() => undefined);
  }
  metrics = await fetch(`${bot.httpUrl}/metrics`);
  text = await metrics.text();
  await bot.close();
  secrets = await secretsOf(bench);
}, 120_000);
afterAll(() => bench.close());

/** Everything that must never be seen: what the vault made, the API token, the key of the store; whole and by lines. */
async function secretsOf(bench: Bench): Promise<string[]> {
  const { stateDir, token } = bench;
  const state = await openState({ stateDir, databaseUrl: null }, {});
  const { vault } = state;
  const nodes = (await benchConfig(bench)).clusters.flatMap(plannedNodes).map(({ name }) => name);
  const keys = await Promise.all([vault.botKey(), ...nodes.map((name) => vault.hostKey("demo", name))]);
  const all = [...revealed(await vault.secrets("demo")), ...keys.flatMap(revealed)];
  await state.close();
  const lines = all.flatMap((secret) => secret.split("\n")).filter((line) => line.length >= 16);
  const private_ = lines.filter((line) => !line.startsWith("-----"));
  return [...new Set([token, readFileSync(join(stateDir, "nonet.key"), "utf8").trim(), ...all, ...private_])];
}

function revealed(value: unknown): string[] {
  if (value instanceof Secret) return [String(value.reveal())];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(revealed) : [];
}

/** Every row of every table, as text. */
function storeText(stateDir: string): string {
  const sql = new DatabaseSync(join(stateDir, "nonet.db"), { readOnly: true });
  const tables = sql.prepare("select name from sqlite_master where type = 'table'").all();
  const rows = tables.flatMap(({ name }) => sql.prepare(`select * from "${String(name)}"`).all());
  sql.close();
  const cell = (value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value);
  return rows.flatMap((row) => Object.values(row).map(cell)).join("\n");
}

test("no secret is in the log, in the store or in the metrics", () => {
  expect(secrets.length).toBeGreaterThan(60);
  const log = readFileSync(join(bench.stateDir, "nonet.log"), "utf8");
  const places = { log, metrics: text, store: storeText(bench.stateDir) };
  expect(places.store).toContain("run.finished");
  expect(log).toContain("/cluster status ••••");
  for (const [place, told] of Object.entries(places)) {
    expect(told.length, place).toBeGreaterThan(1000);
    expect(
      secrets.filter((secret) => told.includes(secret)),
      place,
    ).toEqual([]);
  }
  expect(readdirSync(bench.stateDir).filter((name) => name.endsWith(".log"))).toEqual(["nonet.log"]);
});

test("every event of the run is a line with the ids it is about", () => {
  const lines = logOf(bench.stateDir);
  const asked = lines.find(({ msg }) => String(msg).includes("/cluster build demo"));
  expect(asked).toMatchObject({ level: "info", via: "console", request: expect.any(String), run: expect.any(String) });
  const ofRun = lines.filter(({ run, event }) => run === asked?.["run"] && event !== undefined);
  expect(ofRun[0]).toMatchObject({ event: "run.queued", playbook: "build", cluster: "demo" });
  expect(ofRun.at(-1)).toMatchObject({ event: "run.finished", msg: expect.stringContaining("Built and proven") });
  const created = ofRun.find(({ step, event }) => step === "create db1" && event === "step.finished");
  expect(created).toMatchObject({ level: "info", node: "db1", msg: expect.stringContaining("was created") });
  expect(lines.find(({ msg }) => String(msg).includes("biuld"))).toMatchObject({
    level: "warn",
    code: "unknown_command",
    request: expect.any(String),
  });
});

test("the metrics tell what happened, and hold no name of a node or run", () => {
  expect(built).toMatchObject({ ok: true });
  expect(metrics.headers.get("content-type")).toContain("text/plain; version=0.0.4");
  expect(text).toContain('nonet_runs_started_total{playbook="build"} 1');
  expect(text).toContain('nonet_runs_ended_total{playbook="build",outcome="done"} 1');
  expect(text).toContain('nonet_runs{state="running"} 0');
  expect(text).toMatch(/^nonet_outbox_age_seconds 0$/m);
  expect(text).toContain('nonet_step_seconds_count{playbook="build",kind="create"} 9');
  expect(text).toContain('nonet_approvals_total{verdict="approved"} 1');
  expect(text).toContain('nonet_run_wait_seconds_count{playbook="build"} 1');
  expect(text).toContain('nonet_requests_total{result="unknown_command"} 1');
  expect(text).toMatch(/nonet_linode_calls_total\{method="POST",status="2xx"\} \d\d/);
  expect(text).toMatch(/nodejs_eventloop_lag_seconds \d/);
  expect(text).toMatch(/process_resident_memory_bytes \d/);
  expect(text).not.toMatch(/\b(lb|web|db|nfs|admin)\d/);
  expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
});
