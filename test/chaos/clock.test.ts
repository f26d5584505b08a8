import { afterEach, expect, test } from "vitest";
import { approvalMs } from "../../src/engine/approvals.ts";
import { eventOf, never, openWorld, testPlan, testPlaybook, type World } from "../engine/fixture.ts";
import { onBothStores } from "../engine/stores.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close();
});

const hour = 3_600_000;
const demo = { cluster: "demo" };
const ok = { ok: true, verdict: "consistent" };

onBothStores((store) => {
  const world = async (...parts: Parameters<typeof openWorld>) => {
    const made = await openWorld(...parts);
    worlds.push(made);
    return made;
  };

  test.each([hour, -hour])("a clock that jumps by %i ms in mid-step disturbs nothing", async (jump) => {
    const gate = Promise.withResolvers<void>();
    const done: string[] = [];
    const step = (name: string, work = Promise.resolve()) =>
      [
        { name, title: name },
        async () => {
          await work;
          done.push(name);
          return { sentence: "Done.", changed: 1 };
        },
      ] as const;
    const playbook = testPlaybook({
      run: async (run) => {
        await run.step(...step("hold", gate.promise));
        await run.step(...step("after"));
        return ok;
      },
    });
    const { engine, clock } = await world([playbook], { place: await store.place() });
    const { runId } = await engine.start(playbook, demo, "alice");
    await eventOf(engine, runId, "step.started");
    clock.pass(jump);
    gate.resolve();
    const view = await engine.finished(runId, never);
    expect(view).toMatchObject({ state: "done", changed: 2, resumed: 0 });
    expect(view.steps.map(({ name, seconds }) => [name, (seconds ?? -1) >= 0])).toEqual([
      ["hold", true],
      ["after", true],
    ]);
    expect(done).toEqual(["hold", "after"]);
    expect(await engine.start(playbook, demo, "alice")).toMatchObject({ joined: false });
  });

  const asking = testPlaybook({ plan: async () => testPlan("reversible", "demo"), run: async () => ok });
  const asked = async () => {
    const made = await world([asking], { place: await store.place() });
    const { runId } = await made.engine.start(asking, demo, "alice");
    const { approval } = await eventOf(made.engine, runId, "approval.requested");
    const { id: approvalId, hash } = approval;
    const yes = { approvalId, hash, verdict: "approved", via: "console", actor: "bob" } as const;
    return { ...made, runId, yes };
  };

  test("a clock that jumps an hour ahead closes what is asked, and a click that comes then is refused", async () => {
    const { engine, clock, runId, yes } = await asked();
    clock.pass(hour);
    await expect(engine.decide(yes)).rejects.toMatchObject({ code: "approval_closed" });
    expect(await engine.finished(runId, never)).toMatchObject({ state: "expired", changed: 0 });
  });

  test("a clock that jumps an hour back leaves what is asked open", async () => {
    const { engine, clock, runId, yes } = await asked();
    clock.pass(-hour);
    clock.pass(approvalMs);
    await engine.decide(yes);
    expect(await engine.finished(runId, never)).toMatchObject({ state: "done" });
  });
});
