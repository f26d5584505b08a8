import type { RunEvent, Usual } from "../core/journal.ts";
import type { Database } from "./store.ts";

/** How many of the last runs are looked at. */
const lastRuns = 9;

/** Medians over the last runs of the playbook that came to their end and changed something (or read). */
export function usual({ sql }: Database, playbook: string): Usual {
  const runs = sql
    .prepare(
      `select id, seconds from runs where playbook = ? and outcome = 'done' and (changed > 0 or risk = 'read')
       order by created_at desc limit ?`,
    )
    .all(playbook, lastRuns);
  const ended = sql.prepare(`select json from events where run_id = ? and json like '{"kind":"step.finished"%'`);
  const steps = new Map<string, number[]>();
  for (const run of runs) {
    for (const row of ended.all(String(run["id"]))) {
      const { name, seconds }: Extract<RunEvent, { kind: "step.finished" }> = JSON.parse(String(row["json"]));
      steps.set(name, [...(steps.get(name) ?? []), seconds]);
    }
  }
  return {
    run: median(runs.map((run) => Number(run["seconds"]))) ?? null,
    steps: Object.fromEntries([...steps].map(([name, seconds]) => [name, median(seconds) ?? 0])),
  };
}

function median(numbers: readonly number[]): number | undefined {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
