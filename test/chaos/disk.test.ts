import { afterAll, describe, expect, test } from "vitest";
import { OpsError } from "../../src/core/errors.ts";
import type { Place } from "../../src/engine/state.ts";
import { eventOf, freshDir, never, openWorld, testPlaybook } from "../engine/fixture.ts";
import { noPostgres, postgresServer, stopPostgres } from "../engine/postgres.ts";
import { noSmallDisk, openSmallDisk, type SmallDisk } from "./small-disk.ts";

const changed = { sentence: "Changed.", changed: 1 };

/** A store on a small disk; megabytes it takes to be there at all, and some. */
interface Kind {
  readonly name: string;
  readonly impossible: string | undefined;
  readonly megabytes: number;
  readonly place: (disk: SmallDisk) => Promise<Place>;
}

const kinds: readonly Kind[] = [
  {
    name: "SQLite",
    impossible: noSmallDisk,
    megabytes: 4,
    place: async ({ folder }) => ({ stateDir: folder, databaseUrl: null }),
  },
  {
    name: "PostgreSQL 15",
    impossible: noSmallDisk ?? noPostgres,
    megabytes: 80,
    place: async ({ folder }) => ({
      stateDir: freshDir(),
      databaseUrl: await (await postgresServer(folder)).database(),
    }),
  },
];

/** Counts what it does. */
function playbooks() {
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
  return { playbook, effects, pass: () => gate.resolve() };
}

describe.each(kinds)("a full disk under $name", ({ impossible, megabytes, place }) => {
  afterAll(stopPostgres);

  test.skipIf(impossible !== undefined)(
    `refuses changes in plain words, answers what is asked, and loses nothing${impossible === undefined ? "" : `: ${impossible}`}`,
    { timeout: 120_000 },
    async () => {
      const disk = openSmallDisk(megabytes);
      const { playbook, effects, pass } = playbooks();
      const { engine, close } = await openWorld([playbook], { place: await place(disk) });
      try {
        const accepted = [(await engine.start(playbook, { cluster: "first" }, "alice")).runId];
        await eventOf(engine, accepted[0] ?? "", "step.started");
        disk.fill();
        // What the store has set aside already may still take some.
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
        expect(waiting.map(({ id }) => id).toSorted()).toEqual(accepted.toSorted());

        // The step ends while its end cannot be written.
        pass();
        await expect(engine.start(playbook, { cluster: "more" }, "alice")).rejects.toMatchObject({
          code: "store_full",
        });
        // PostgreSQL has room in what it has set aside, so some of them may get a little further.
        for (const { id, seq } of waiting) expect((await engine.view(id))?.seq).toBeGreaterThanOrEqual(seq);
        disk.empty();
        for (const runId of accepted) {
          expect(await engine.finished(runId, never)).toMatchObject({ state: "done", changed: 2 });
        }
        expect(effects.toSorted()).toEqual(waiting.map(({ cluster }) => String(cluster)).toSorted());
        expect(await engine.start(playbook, { cluster: "last" }, "alice")).toMatchObject({ joined: false });
      } finally {
        await close();
        await stopPostgres();
        disk.remove();
      }
    },
  );
});
