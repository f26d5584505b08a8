import { Secret } from "../../src/core/secret.ts";
import { never, openWorld, testPlaybook } from "../engine/fixture.ts";

/** Begins a run whose step never ends, or goes on with the one that another process began. */
const [task, stateDir = "", url] = process.argv.slice(2);
const playbook = testPlaybook({
  run: async (run) => {
    await run.step({ name: "first", title: "First" }, async () => ({ sentence: "Done." }));
    await run.step({ name: "second", title: "Second" }, async () => {
      process.stdout.write("effect\n");
      return new Promise<never>(() => undefined);
    });
    return { ok: true, verdict: "consistent" };
  },
});
// Without a timer a process ends when all it does is wait.
setInterval(() => undefined, 1000);
const place = { stateDir, databaseUrl: url === undefined ? null : new Secret(url) };
const { engine } = await openWorld([playbook], { place });
process.stdout.write("open\n");
if (task === "begin") {
  const { runId } = await engine.start(playbook, { cluster: "demo" }, "alice");
  await engine.finished(runId, never);
}
