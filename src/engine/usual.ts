import type { RunEvent, Usual } from "../core/journal.ts";
import type { Sql } from "./store/port.ts";

/** How many of the last runs are looked at. */
const lastRuns = 9;

/** Medians over the last runs of the playbook that came to their end and changed something (or read). */
export async function usual(sql: Sql, playbook: string): Promise<Usual> {
  const runs = await sql.all(
    `select id, seconds from runs where playbook = ? and outcome = 'done' and (changed > 0 or risk = 'read')
     order by created_at desc limit ${lastRuns}`,
    [playbook],
  );
  const steps = new Map<string, number[]>();
  for (const run of runs) {
    const ended = await sql.all(`select json from events where run_id = ? and json like '{"kind":"step.finished"%'`, [
      String(run["id"]),
    ]);
    for (const row of ended) {
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
