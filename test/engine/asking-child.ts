import { Secret } from "../../src/core/secret.ts";
import { eventOf, never, openWorld, testPlaybook } from "./fixture.ts";

/** Looks, asks with what it found, and acts only after a yes. */
export const asksInTheMiddle = testPlaybook({
  run: async (run) => {
    const seen = await run.step<string>({ name: "look", title: "Look" }, async () => ({
      sentence: "db1 is silent.",
      value: "silent",
    }));
    const verdict = await run.ask({
      name: "promote db2",
      title: "Decide about db2",
      risk: "outage",
      evidence: { facts: [["db1", seen]], table: { columns: ["node", "behind"], rows: [["db2", "0 s"]] } },
      question: "Promote db2?",
      otherwise: "db1 stays the primary",
    });
    if (verdict === "approved") {
      await run.step({ name: "act", title: "Promote db2" }, async () => ({ sentence: "Promoted.", changed: 1 }));
    }
    return { ok: true, verdict };
  },
});

if (import.meta.main) {
  const [stateDir = "", url] = process.argv.slice(2);
  const place = { stateDir, databaseUrl: url === undefined ? null : new Secret(url) };
  const { engine } = await openWorld([asksInTheMiddle], { place });
  const { runId } = await engine.start(asksInTheMiddle, { cluster: "demo" }, "alice");
  const { approval } = await eventOf(engine, runId, "approval.requested");
  const { id, hash } = approval;
  // The row is there before the run can have gone on.
  void eventOf(engine, runId, "approval.decided").then(() => process.kill(process.pid, "SIGKILL"));
  await engine.decide({ approvalId: id, hash, verdict: "approved", actor: "bob", via: "console" });
  await engine.finished(runId, never);
}
