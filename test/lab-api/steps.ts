import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { at, deployBody, idOf, until } from "./harness.ts";
import type { Answer, Bench } from "./harness.ts";

export const instances = "/v4/linode/instances";

/** Announces maintenance, as `npm run lab -- maintenance` does. */
export function plan({ stateDir }: Bench, ...maintenance: readonly { id: number; type: string; at: number }[]): void {
  writeFileSync(join(stateDir, "faults.json"), JSON.stringify({ maintenance }));
}

/** The errors of an answer. */
export function reasons(answer: Answer): unknown {
  return at(answer.body, "errors");
}

/** Labels of the items on a page. */
export function labels(answer: Answer): unknown[] {
  const data = at(answer.body, "data");
  return Array.isArray(data) ? data.map((item) => at(item, "label")) : [];
}

/** Waits until a Linode has that status. */
export async function reachStatus(bench: Bench, id: number, wanted: string): Promise<void> {
  await until(
    () => bench.raw("GET", `${instances}/${String(id)}`),
    (answer) => at(answer.body, "status") === wanted,
  );
}

/** A Linode with an image, after all its jobs. */
export async function deployed(bench: Bench, label: string, more: Record<string, unknown> = {}): Promise<number> {
  const id = idOf(await bench.raw("POST", instances, deployBody(label, more)));
  await reachStatus(bench, id, more["booted"] === false ? "offline" : "running");
  // The status is there a moment before the job has ended.
  const filter = JSON.stringify({ "entity.id": id, "+or": [{ status: "started" }, { status: "scheduled" }] });
  await until(
    () => bench.raw("GET", "/v4/account/events", undefined, { "X-Filter": filter }),
    (answer) => at(answer.body, "results") === 0,
  );
  return id;
}

/** A Linode without image. */
export async function bare(bench: Bench, label: string, more: Record<string, unknown> = {}): Promise<number> {
  return idOf(await bench.raw("POST", instances, { label, region: "us-ord", type: "g6-nanode-1", ...more }));
}
