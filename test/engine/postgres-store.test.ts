import postgres from "postgres";
import { expect, test } from "vitest";
import { openPostgres } from "../../src/engine/store/postgres.ts";
import { eventOf, freshDir, openWorld, testPlaybook } from "./fixture.ts";
import { postgresServer } from "./postgres.ts";
import { onPostgres } from "./stores.ts";

onPostgres((kind) => {
  test("a store whose connections were lost in the middle of a statement can be closed", async () => {
    const url = await (await postgresServer()).database();
    const store = await openPostgres(url);
    const backend = await store.openBackend();
    const other = postgres(url.reveal(), { max: 1, onnotice: () => undefined });
    await other.unsafe("begin; lock table openworkflow.workflow_runs, runs");
    const claim = backend.claimWorkflowRun({ workerId: "w", leaseDurationMs: 1000 });
    const both = Promise.allSettled([claim, store.all("select * from runs")]);
    const waiting = "select distinct pid from pg_locks where not granted";
    while ((await other.unsafe(waiting)).length < 2) await new Promise(setImmediate);
    await other.unsafe(`select pg_terminate_backend(pid) from (${waiting}) as those`);
    await other.end();
    expect((await both).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await backend.stop();
    await store.close();
  });

  test("an engine can be closed while its store is away", async () => {
    const { databaseUrl } = await kind.place();
    const holding = testPlaybook({
      run: async (run) => {
        await run.step({ name: "hold", title: "Hold" }, () => new Promise<never>(() => undefined));
        return { ok: true, verdict: "" };
      },
    });
    const { engine, close } = await openWorld([holding], { place: { stateDir: freshDir(), databaseUrl } });
    const { runId } = await engine.start(holding, { cluster: "demo" }, "alice");
    await eventOf(engine, runId, "step.started");
    await (await postgresServer()).restart(close);
  });
});
