import { describe, expect, test } from "vitest";
import { OpsError } from "../../src/core/errors.ts";
import { eventOf, never, openWorld, testPlaybook } from "../engine/fixture.ts";
import { noSmallDisk, openSmallDisk } from "./small-disk.ts";

const changed = { sentence: "Changed.", changed: 1 };

describe.skipIf(noSmallDisk !== undefined)(`a full disk${noSmallDisk === undefined ? "" : `: ${noSmallDisk}`}`, () => {
  test("refuses changes in plain words, answers what is asked, and loses nothing", { timeout: 120_000 }, async () => {
    const disk = openSmallDisk();
    const gate = Promise.withResolvers<void>();
    const effects: string[] = [];
    const playbook = testPlaybook({
      run: async (run, { cluster }) => {
        await run.step({ name: "hold", title: "Hold" }, async () => {
          await gate.promise;
          return changed;
        });
        await run.step({ name: "change", title: "Change" }, async () => {
          effects.push(cluster);
          return changed;
        });
        return { ok: true, verdict: "consistent" };
      },
    });
    const { engine, close } = await openWorld([playbook], { place: { stateDir: disk.folder, databaseUrl: null } });
    try {
      const accepted = [(await engine.start(playbook, { cluster: "first" }, "alice")).runId];
      await eventOf(engine, accepted[0] ?? "", "step.started");
      disk.fill();
      // What SQLite has set aside already may still take a few.
      let refused: unknown;
      for (let count = 1; refused === undefined; count += 1) {
        await engine.start(playbook, { cluster: `c${count}` }, "alice").then(
          ({ runId }) => accepted.push(runId),
          (error: unknown) => (refused = error),
        );
      }
      expect(refused).toBeInstanceOf(OpsError);
      expect(refused).toMatchObject({ code: "store_full", state: "Nothing was changed." });
      const waiting = await engine.unfinished();
      expect(waiting.map(({ id }) => id)).toEqual(accepted);

      // The step ends while its end cannot be written.
      gate.resolve();
      await expect(engine.start(playbook, { cluster: "more" }, "alice")).rejects.toMatchObject({ code: "store_full" });
      expect(await engine.unfinished()).toEqual(waiting);
      disk.empty();
      for (const runId of accepted) {
        expect(await engine.finished(runId, never)).toMatchObject({ state: "done", changed: 2 });
      }
      expect(effects.toSorted()).toEqual(waiting.map(({ cluster }) => String(cluster)).toSorted());
      expect(await engine.start(playbook, { cluster: "last" }, "alice")).toMatchObject({ joined: false });
    } finally {
      await close();
      disk.remove();
    }
  });
});
