import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { never, openWorld, testPlaybook } from "./fixture.ts";

/**
 * Three steps that leave a line each in `effects`; the second hangs where it should, for somebody to kill the process.
 */
export function threeSteps(dir: string, hang: boolean) {
  const effect = (name: string) => appendFileSync(join(dir, "effects"), `${name}\n`);
  return testPlaybook({
    run: async (run) => {
      const value = await run.step<string>({ name: "one", title: "One" }, async () => {
        effect("one");
        return { sentence: "One.", value: `drawn by ${process.pid}` };
      });
      // “two b” hangs when “two a” is surely over, so that only one step is in flight when the process dies.
      const aEnded = Promise.withResolvers<void>();
      await run.parallel(["a", "b"], async (node) => {
        await run.step({ name: `two ${node}`, title: "Two", node }, async () => {
          effect(`two ${node}`);
          if (node === "b" && hang) await aEnded.promise.then(hangForever);
          return { sentence: "Two." };
        });
        if (node === "a") aEnded.resolve();
      });
      await run.step({ name: "three", title: "Three" }, async () => {
        effect("three");
        return { sentence: "Three." };
      });
      return { ok: true, verdict: value };
    },
  });
}

async function hangForever(): Promise<void> {
  process.stdout.write("hanging\n");
  await new Promise(() => setInterval(() => undefined, 1000));
}

if (import.meta.main) {
  const dir = process.argv[2] ?? "";
  const playbook = threeSteps(dir, true);
  const { engine } = await openWorld([playbook], { dir });
  const { runId } = await engine.start(playbook, { cluster: "demo" }, "alice");
  await engine.finished(runId, never);
}
