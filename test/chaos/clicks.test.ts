import { afterEach, expect, test } from "vitest";
import { beside, eventOf, never, openWorld, testPlan, testPlaybook, type World } from "../engine/fixture.ts";
import { onBothStores } from "../engine/stores.ts";

const worlds: World[] = [];
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close();
});

onBothStores((store) => {
  test("an approval clicked a hundred times at once by ten people is decided once", async () => {
    let runs = 0;
    const playbook = testPlaybook({
      plan: async () => testPlan("reversible", "demo"),
      run: async () => ({ ok: true, verdict: `run ${(runs += 1)}` }),
    });
    const place = await store.place();
    const places = store.kind === "postgres" ? [place, beside(place)] : [place];
    for (const at of places) worlds.push(await openWorld([playbook], { place: at }));
    const engines = worlds.map(({ engine }) => engine);
    const [first] = engines;
    if (first === undefined) throw new Error("there is no engine");
    const { runId } = await first.start(playbook, { cluster: "demo" }, "alice");
    const { approval } = await eventOf(first, runId, "approval.requested");

    const clicks = Array.from({ length: 100 }, (_, click) => {
      const engine = engines[click % engines.length] ?? first;
      const verdict = click % 3 === 0 ? ("rejected" as const) : ("approved" as const);
      return {
        engine,
        decision: { approvalId: approval.id, hash: approval.hash, verdict, via: "console", actor: `p${click % 10}` },
      };
    });
    const settled = await Promise.allSettled(clicks.map(({ engine, decision }) => engine.decide(decision)));

    const counted = settled.flatMap(({ status }, click) => (status === "fulfilled" ? [clicks[click]?.decision] : []));
    expect(counted).toHaveLength(1);
    const reasons = settled.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
    for (const reason of reasons) expect(reason).toMatchObject({ code: "approval_closed" });
    const { approval: decided } = await first.finished(runId, never);
    expect(decided).toMatchObject({ verdict: counted[0]?.verdict, by: counted[0]?.actor });
    expect(runs).toBe(counted[0]?.verdict === "approved" ? 1 : 0);
  });
});
