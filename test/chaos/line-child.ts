import { appendFileSync } from "node:fs";
import { Secret } from "../../src/core/secret.ts";
import { never, openWorld, testPlaybook } from "../engine/fixture.ts";

/** One step that leaves the input as a line in the file `effects`; all on one cluster. */
export function listed(effects: string, begun: (name: string) => void = () => undefined) {
  return testPlaybook({
    name: "listed",
    cluster: () => "demo",
    run: async (run, { cluster }) => {
      await run.step({ name: "list", title: "List" }, async () => {
        appendFileSync(effects, `${cluster}\n`);
        begun(cluster);
        return { sentence: "Listed." };
      });
      return { ok: true, verdict: "consistent" };
    },
  });
}

if (import.meta.main) {
  const [stateDir = "", effects = "", url] = process.argv.slice(2);
  const playbook = listed(effects, (name) => name === "c2" && process.stdout.write("moving\n"));
  const place = { stateDir, databaseUrl: url === undefined ? null : new Secret(url) };
  const { engine } = await openWorld([playbook], { place });
  await engine.lock("demo", "alice", "until all are there");
  const ids: string[] = [];
  for (let at = 0; at < 10; at += 1) ids.push((await engine.start(playbook, { cluster: `c${at}` }, "alice")).runId);
  await engine.unlock("demo", "alice", null);
  await engine.finished(ids.at(-1) ?? "", never);
}
