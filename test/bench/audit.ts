import type { RunFact } from "../../src/core/journal.ts";
import { openJournal } from "../../src/engine/journal.ts";
import type { Place } from "../../src/engine/state.ts";
import { eventOf, freshDir, openWorld, testPlaybook } from "../engine/fixture.ts";
import { noPostgres, postgresServer, stopPostgres } from "../engine/postgres.ts";

const rounds = 500;

/** What one line of the journal costs: alone, recorded in the audit as well, and shown on a card as well. */
export async function* audit(): AsyncGenerator<object> {
  yield await perLine("sqlite", { stateDir: freshDir(), databaseUrl: null });
  if (noPostgres !== undefined) {
    yield { bench: "audit", store: "postgres", skipped: noPostgres };
    return;
  }
  try {
    yield await perLine("postgres", { stateDir: freshDir(), databaseUrl: await (await postgresServer()).database() });
  } finally {
    await stopPostgres();
  }
}

async function perLine(store: string, place: Place): Promise<object> {
  const playbook = testPlaybook({
    run: (run) => run.step({ name: "hold", title: "Hold" }, () => new Promise<never>(() => undefined)),
  });
  const { engine, state, close } = await openWorld([playbook], { place });
  const journal = await openJournal(state.store, {
    now: Date.now,
    scrub: (text) => state.vault.scrub(text),
    routesFor: () => [],
    written: () => undefined,
    onError: console.error,
  });
  const runs: string[] = [];
  for (const [cluster, shownAt] of [["plain", []] as const, ["shown", ["slack:C1"]] as const]) {
    const { runId } = await engine.start(playbook, { cluster }, "alice", shownAt);
    await eventOf(engine, runId, "step.started");
    runs.push(runId);
  }
  const [plain = "", shown = ""] = runs;
  const said: RunFact = { kind: "step.said", name: "hold", sentence: "Waiting for what it is that it waits for." };
  const finished: RunFact = { ...said, kind: "step.finished", changed: 1, seconds: 1.5 };
  const costs = await alternating({
    journal_ms: () => journal.append(plain, said),
    audited_ms: () => journal.append(plain, finished),
    shown_ms: () => journal.append(shown, said),
  });
  await journal.close();
  await close();
  return { bench: "audit", store, ...costs, rounds };
}

/** Median milliseconds of each, measured in turn so that a busy machine is the same for all. */
async function alternating(works: Record<string, () => Promise<void>>): Promise<Record<string, number>> {
  const times = new Map(Object.keys(works).map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, work] of Object.entries(works)) {
      const begun = performance.now();
      await work();
      times.get(name)?.push(performance.now() - begun);
    }
  }
  const median = (all: readonly number[]) => all.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
  return Object.fromEntries([...times].map(([name, all]) => [name, Math.round(median(all) * 100) / 100]));
}
