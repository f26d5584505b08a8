import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../../playbooks/build.ts";
import type { Playbook } from "../../src/core/playbook.ts";
import { never, openWorld, type Input } from "../engine/fixture.ts";
import { onBothStores } from "../engine/stores.ts";
import { buildOnce, look, onSite, type Built } from "./build.ts";
import { held } from "./judge.ts";
import { openPlaces, type Places } from "./places.ts";

/** What an upgrade can do to the playbook of a run that is under way. */
const upgrades = {
  "another version of it": [{ ...build, version: build.version + 1 }],
  "none of that name": [],
} as unknown as Record<string, readonly Playbook<Input>[]>;

onBothStores(({ kind }) => {
  let places: Places;
  let undisturbed: Built;

  beforeAll(async () => {
    places = await openPlaces(kind);
    undisturbed = await buildOnce(await places.next());
  }, 120_000);
  afterAll(() => places.remove());

  test.each(Object.entries(upgrades))("a build interrupted by an upgrade to %s is safe", async (_, playbooks) => {
    await onSite(await places.next(), async (site) => {
      await site.start({ end: { moment: "role db1, change 1", signal: "SIGKILL" } }).gone;
      const before = { states: site.standIn.states(), account: await site.standIn.account() };

      const { engine, close } = await openWorld(playbooks, { place: site.place });
      const [left] = await engine.unfinished();
      const view = await engine.finished(left?.id ?? "", never);
      await close();
      expect(view).toMatchObject({
        state: "failed",
        failure: {
          code: "playbook_changed",
          message: `This run was begun by another Nonet, whose build worked differently (version ${build.version}).`,
          state: expect.stringMatching(
            // Steps side by side end in any order.
            /^\d+ changes of “Create \w+”, .* and \d+ more steps stay as made; “.* (?:was|were) under way and may be half done\.$/,
          ),
          hint: "Start the command again: it carries on from what it finds.",
        },
      });
      expect({ states: site.standIn.states(), account: await site.standIn.account() }).toEqual(before);

      const done = await look(site, site.start());
      expect(done.ending.runId).not.toBe(view.id);
      expect(done.ending.result.ok).toBe(true);
      expect(held(done)).toEqual(held(undisturbed));
    });
  });
});
