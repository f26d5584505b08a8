import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { Secret } from "../../src/core/secret.ts";
import { never, openWorld, testPlaybook } from "./fixture.ts";

/**
 * Three steps that leave a line each in the file `effects`; the second hangs where it should, for somebody to kill the process.
 */
export function threeSteps(effects: string, hang: boolean) {
  const effect = (name: string) => appendFileSync(effects, `${name}\n`);
  return testPlaybook({
    run: async (run) => {
      const value = await run.step<string>({ name: "one", title: "One" }, async () => {
        effect("one");
        return { sentence: "One.", value: `drawn by ${process.pid}` };
      });
      // “two b” hangs when “two a” is surely over, so that only one step is in flight when the process dies.
      const aEnded = Promise.withResolvers<void>();
      await run.parallel(["a", "b"], async (node) => {
        await run.step({ name: `two ${node}`, title: "Two", node }, async ({ signal, say }) => {
          effect(`two ${node}`);
          if (node === "b" && hang) {
            await aEnded.promise;
            await untilHalted(signal);
            say("It goes on regardless.");
          }
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

async function untilHalted(signal: AbortSignal): Promise<void> {
  const pulse = setInterval(() => undefined, 1000);
  process.stdout.write("hanging\n");
  await once(signal, "abort");
  process.stdout.write("halted\n");
  clearInterval(pulse);
}

if (import.meta.main) {
  const [stateDir = "", effects = "", url] = process.argv.slice(2);
  const playbook = threeSteps(effects, true);
  const place = { stateDir, databaseUrl: url === undefined ? null : new Secret(url) };
  const { engine } = await openWorld([playbook], { place });
  const { runId } = await engine.start(playbook, { cluster: "demo" }, "alice");
  await engine.finished(runId, never);
}
