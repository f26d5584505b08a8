import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Hypervisor } from "../../src/lab/hypervisor.ts";
import { simulatedHypervisor } from "../../src/lab/simulated.ts";
import { openBot } from "../../src/main/bot.ts";
import { liveConfig } from "../../src/main/reload.ts";
import { simulatedReach } from "../../src/main/simulated-reach.ts";
import { benchConfig, logOf, openBench, type, type Bench } from "./bench.ts";

let bench: Bench;
let child: ChildProcess | undefined;
let booting: PromiseWithResolvers<void>;
let release: () => void;

beforeEach(async () => {
  booting = Promise.withResolvers();
  const held = Promise.withResolvers<void>();
  release = held.resolve;
  const hypervisor: Hypervisor = simulatedHypervisor({ bootMs: 0, shutdownMs: 0 });
  const boot: Hypervisor["boot"] = async (machine) => {
    booting.resolve();
    await held.promise;
    await hypervisor.boot(machine);
  };
  bench = await openBench({ ...hypervisor, boot });
});
afterEach(async () => {
  child?.kill("SIGKILL");
  release();
  await bench.close();
});

/** A bot in its own process that builds a cluster whose machines do not boot until the test lets them. */
async function buildingChild(drainMs: number, exitMs = 60_000) {
  const script = join(import.meta.dirname, "child.ts");
  const started = spawn(process.execPath, [script, bench.apiUrl, bench.stateDir, `${drainMs}`, `${exitMs}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  child = started;
  const exited = once(started, "exit");
  const [line] = await once(started.stdout, "data");
  const gone = expect(type(bench.stateDir, "/cluster build demo")).rejects.toThrow("The bot went away.");
  await booting.promise;
  return { child: started, exited, gone, url: String(line).trim() };
}

const sentences = () => logOf(bench.stateDir).map(({ msg }) => String(msg));
const events = (from: number) =>
  logOf(bench.stateDir)
    .slice(from)
    .map(({ event, step }) => `${String(event)} ${String(step)}`);

async function ready(url: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${url}/readyz`);
  return { status: answer.status, body: await answer.json() };
}

/** The run of the child, taken up by a bot in this process; resolves with how it ended. */
async function nextStart() {
  const run = logOf(bench.stateDir).find(({ event }) => event === "run.queued")?.["run"];
  const config = await benchConfig(bench);
  const bot = await openBot(await liveConfig(() => Promise.resolve(config)), simulatedReach);
  const ended = Promise.withResolvers<unknown>();
  bot.desk.follow(String(run), ({ result }) => result !== null && ended.resolve(result));
  const result = await ended.promise;
  await bot.close();
  return result;
}

test(
  "on SIGTERM steps under way end, no other begins, and the next start ends the run",
  { timeout: 90_000 },
  async () => {
    const { child, exited, gone, url } = await buildingChild(60_000);
    expect(await ready(url)).toMatchObject({ status: 200, body: { ok: true, parts: { store: { ok: true } } } });
    child.kill("SIGTERM");
    await vi.waitFor(async () => expect((await ready(url)).status).toBe(503));
    expect((await ready(url)).body).toMatchObject({
      ok: false,
      parts: {
        store: { ok: true },
        engine: { ok: false, problem: "It takes no runs any more." },
        commands: { ok: false, problem: "Nonet is stopping; give the command again in a moment." },
      },
    });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await expect(type(bench.stateDir, "/cluster list")).rejects.toThrow(
      "Nonet is stopping; give the command again in a moment.",
    );
    expect(child.exitCode).toBeNull();
    release();
    expect(await exited).toEqual([0, null]);
    await gone;

    const told = sentences().findIndex((sentence) => sentence.startsWith("Nonet is stopping:"));
    expect(told).toBeGreaterThan(0);
    const after = events(told);
    expect(after.filter((event) => event.startsWith("step.finished create "))).toHaveLength(9);
    expect(after.filter((event) => event.startsWith("step.started "))).toEqual([]);
    expect(sentences().at(-1)).toBe("Nonet has stopped.");

    const before = sentences().length;
    expect(await nextStart()).toMatchObject({ ok: true, data: { nodes: 9 } });
    expect(events(before)[0]).toMatch(/^run.started/);
    expect(events(before).filter((event) => event.startsWith("step.started create "))).toEqual([]);
  },
);

test("steps that do not end in time are done again at the next start", { timeout: 90_000 }, async () => {
  const { child, exited, gone } = await buildingChild(200);
  child.kill("SIGINT");
  expect(await exited).toEqual([0, null]);
  await gone;
  const before = sentences().length;
  expect(events(0).filter((event) => event.startsWith("step.finished create "))).toEqual([]);
  release();
  expect(await nextStart()).toMatchObject({ ok: true, data: { nodes: 9 } });
  expect(events(before).filter((event) => event.startsWith("step.finished create "))).toHaveLength(9);
});

test("a second signal ends it at once", { timeout: 30_000 }, async () => {
  const { child, exited, gone, url } = await buildingChild(60_000);
  child.kill("SIGTERM");
  // As one press of Ctrl-C does, which reaches a child of npm twice.
  child.kill("SIGINT");
  await vi.waitFor(async () => expect((await ready(url)).status).toBe(503));
  const again = setInterval(() => child.kill("SIGTERM"), 100);
  expect(await exited).toEqual([1, null]);
  clearInterval(again);
  await gone;
  expect(sentences().at(-1)).not.toBe("Nonet has stopped.");
});

test("it exits in time, even when it cannot stop in order", { timeout: 30_000 }, async () => {
  const { child, exited, gone } = await buildingChild(60_000, 100);
  child.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
  await gone;
  expect(sentences().at(-1)).not.toBe("Nonet has stopped.");
});

test("npm start passes the signal on, and ends as the bot does", { timeout: 30_000 }, async () => {
  const env = { ...process.env, NONET_STATE_DIR: bench.stateDir, NONET_CONFIG: "/nonexistent" };
  const npm = spawn("npm", ["start"], {
    env,
    cwd: join(import.meta.dirname, "../.."),
    stdio: ["ignore", "pipe", "inherit"],
  });
  child = npm;
  const exited = once(npm, "exit");
  for await (const data of npm.stdout) if (String(data).includes("Nonet runs as process")) break;
  npm.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
  expect(sentences().at(-1)).toBe("Nonet has stopped.");
});
