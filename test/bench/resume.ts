import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Place } from "../../src/engine/state.ts";
import { beside, freshDir, never, openWorld, testPlaybook } from "../engine/fixture.ts";
import { noPostgres, postgresServer, stopPostgres } from "../engine/postgres.ts";

const runs = 5;
const steps = 300;

/** How soon a run goes on after kill -9 of its process, and what a step costs. */
export async function* resume(): AsyncGenerator<object> {
  const sqlite = async (): Promise<Place> => ({ stateDir: freshDir(), databaseUrl: null });
  yield await resumed("sqlite", sqlite, false);
  yield await perStep("sqlite", await sqlite());
  if (noPostgres !== undefined) {
    yield { bench: "resume", store: "postgres", skipped: noPostgres };
    return;
  }
  try {
    const server = await postgresServer();
    const postgres = async (): Promise<Place> => ({ stateDir: freshDir(), databaseUrl: await server.database() });
    yield await resumed("postgres", postgres, false);
    yield await resumed("postgres", postgres, true);
    yield await perStep("postgres", await postgres());
  } finally {
    await stopPostgres();
  }
}

/** `takeover`: by another instance that runs already, instead of by the next start on the same folder. */
async function resumed(store: string, newPlace: () => Promise<Place>, takeover: boolean): Promise<object> {
  const times: number[] = [];
  for (let round = 0; round < runs; round += 1) {
    const place = await newPlace();
    const first = child(place, "begin");
    await said(first, "effect");
    const waiting = takeover ? child(beside(place), "go on") : undefined;
    if (waiting !== undefined) await said(waiting, "open");
    const killed = performance.now();
    first.kill("SIGKILL");
    await once(first, "exit");
    const next = waiting ?? child(place, "go on");
    await said(next, "effect");
    times.push(performance.now() - killed);
    next.kill("SIGKILL");
    await once(next, "exit");
  }
  times.sort((a, b) => a - b);
  const [p50 = 0, max = 0] = [times[Math.floor(runs / 2)], times.at(-1)].map((ms) => ms && Math.round(ms));
  return { bench: "resume", store, takeover, p50_ms: p50, max_ms: max, runs };
}

function child({ stateDir, databaseUrl }: Place, task: "begin" | "go on"): ChildProcess {
  const url = databaseUrl === null ? [] : [databaseUrl.reveal()];
  return spawn(process.execPath, [join(import.meta.dirname, "resume-child.ts"), task, stateDir, ...url], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function said(process: ChildProcess, word: string): Promise<void> {
  for (;;) {
    const [text] = await once(process.stdout ?? process, "data");
    if (String(text).includes(word)) return;
  }
}

async function perStep(store: string, place: Place): Promise<object> {
  const playbook = testPlaybook({
    run: async (run) => {
      for (let step = 0; step < steps; step += 1) {
        await run.step({ name: `step ${step}`, title: "Step" }, async () => ({ sentence: "Done." }));
      }
      return { ok: true, verdict: "consistent" };
    },
  });
  const { engine, close } = await openWorld([playbook], { place });
  const begun = performance.now();
  const { runId } = await engine.start(playbook, { cluster: "demo" }, "alice");
  await engine.finished(runId, never);
  const perStepMs = Math.round(((performance.now() - begun) / steps) * 100) / 100;
  await close();
  return { bench: "step", store, per_step_ms: perStepMs, steps };
}
