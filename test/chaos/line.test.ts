import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { Playbook } from "../../src/core/playbook.ts";
import type { Place } from "../../src/engine/state.ts";
import { freshDir, never, openWorld, testPlaybook, type Input, type World } from "../engine/fixture.ts";
import { onBothStores } from "../engine/stores.ts";
import { listed } from "./line-child.ts";

const count = process.env["NONET_CHAOS"] === "all" ? 1000 : 50;

const worlds: World[] = [];
const world = async (playbooks: readonly Playbook<Input>[], place: Place): Promise<World> => {
  const made = await openWorld(playbooks, { place });
  worlds.push(made);
  return made;
};
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close();
});

const ok = { ok: true, verdict: "consistent" };

onBothStores((store) => {
  test(
    `${count} queued commands on one cluster: one at a time, in order, none lost`,
    { timeout: 600_000 },
    async () => {
      const order: string[] = [];
      let atWork = 0;
      const numbered = testPlaybook({
        name: "numbered",
        cluster: () => "demo",
        run: async (run, { cluster }) => {
          expect((atWork += 1)).toBe(1);
          await run.step({ name: "count", title: "Count" }, async () => ({ sentence: `${order.push(cluster)}` }));
          atWork -= 1;
          return ok;
        },
      });
      const { engine } = await world([numbered], await store.place());
      await engine.lock("demo", "alice", "until all are there");
      const names = Array.from({ length: count }, (_, at) => `c${at}`);
      const ids: string[] = [];
      for (const cluster of names) ids.push((await engine.start(numbered, { cluster }, "alice")).runId);
      const last = ids.at(-1) ?? "";
      expect((await engine.view(last))?.waits).toMatchObject({ position: count });
      await engine.unlock("demo", "alice", null);
      await engine.finished(last, never);
      expect(order).toEqual(names);
      const views = await Promise.all(ids.map((id) => engine.view(id)));
      expect(views.filter((view) => view?.state !== "done")).toEqual([]);
      expect(await engine.unfinished()).toEqual([]);
    },
  );

  test("kill -9 while a line moves: one at a time, in order, none lost", { timeout: 120_000 }, async () => {
    const place = await store.place();
    const effects = join(freshDir(), "effects");
    const url = place.databaseUrl === null ? [] : [place.databaseUrl.reveal()];
    const script = join(import.meta.dirname, "line-child.ts");
    const child = spawn(process.execPath, [script, place.stateDir, effects, ...url], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    // It says so when the third of ten has begun.
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    const { engine } = await world([listed(effects)], place);
    const left = await engine.unfinished();
    const last = left.at(-1);
    await engine.finished(last?.id ?? "", never);
    const lines = readFileSync(effects, "utf8").trim().split("\n");
    // The one that was under way may be done again, but nothing else, and nothing overtakes.
    expect([...new Set(lines)]).toEqual(Array.from({ length: 10 }, (_, at) => `c${at}`));
    expect(lines.length).toBeLessThanOrEqual(11);
    expect(await engine.unfinished()).toEqual([]);
  });
});
