import type { Failure } from "../core/errors.ts";
import { project, type Outcome, type RunEvent, type RunView } from "../core/journal.ts";
import { leftAs, whatNow } from "../core/left.ts";
import type { Result } from "../core/playbook.ts";
import { eventsOf } from "./feed.ts";
import type { Hold, Page } from "./journal.ts";

/** How a run ended, without what is counted from its journal. */
export interface Ending {
  readonly outcome: Outcome;
  readonly result: Result | null;
  readonly failure: Failure | null;
}

/** Writes how a run ended; `now` is in milliseconds since 1970. @throws NotHeld when the hold is lost. */
export async function finish(page: Page, id: string, ending: Ending, hold: Hold, now: number): Promise<void> {
  const events = await eventsOf(page, id);
  const view = events.reduce<RunView | undefined>(project, undefined);
  if (view === undefined) throw new TypeError(`there is no run ${id}`);
  const { outcome, result } = ending;
  const seconds = workedSeconds(events, now);
  const failure = outcome === "cancelled" ? stopped(ending.failure, view) : ending.failure;
  await page.append(id, { kind: "run.finished", outcome, result, failure, changed: view.changed, seconds }, hold);
  const values = [outcome, seconds, view.changed, id];
  await page.run("update runs set outcome = ?, seconds = ?, changed = ? where id = ?", values);
}

/** In which condition a cancelled run leaves things, and what can be done. */
function stopped(failure: Failure | null, view: RunView): Failure {
  const own = failure ?? { code: "cancelled", message: "It was cancelled." };
  const state = [own.state, leftAs(view)].filter((part) => part !== undefined).join(" ");
  return { ...own, state, hint: whatNow(view) };
}

/** From the first start until `now`, without the time spent waiting for people. */
function workedSeconds(events: readonly RunEvent[], now: number): number {
  let waited = 0;
  let asked: number | undefined;
  for (const { kind, at } of events) {
    if (kind === "approval.requested") asked = Date.parse(at);
    if (kind === "approval.decided" && asked !== undefined) {
      waited += Date.parse(at) - asked;
      asked = undefined;
    }
  }
  const started = events.find(({ kind }) => kind === "run.started");
  return started === undefined ? 0 : Math.max(0, now - Date.parse(started.at) - waited) / 1000;
}
