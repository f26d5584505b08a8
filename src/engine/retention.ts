import type { Store } from "./store/port.ts";

const dayMs = 24 * 3600 * 1000;
/** Milliseconds after the last thing that happened in a run for which chat, and the durable engine, keep what they need. */
const chatMs = 90 * dayMs;
const engineMs = 30 * dayMs;
/** Milliseconds after which nobody wants to hear any more what nobody could be told. */
const unsaidMs = 7 * dayMs;

/**
 * Forgets what only mattered while a run was new: its messages in chat, its approvals and votes, and what the durable engine
 * needs to replay it. Runs, journal and audit stay, and tell the same. `now` in milliseconds since 1970.
 */
export async function forgetOld(store: Store, now: number): Promise<void> {
  const { workflowRuns, workflowSignals } = store;
  const forget = (from: string, before: number) => store.run(`delete from ${from}`, [new Date(before).toISOString()]);
  const chat = now - chatMs;
  const itsApproval = `approval_id in (select id from approvals where ${over("approvals.run_id")})`;
  await forget(`votes where ${itsApproval}`, chat);
  await forget(`code_failures where ${itsApproval}`, chat);
  await forget(`plan_views where ${itsApproval}`, chat);
  for (const table of ["approvals", "outbox", "run_places"])
    await forget(`${table} where ${over(`${table}.run_id`)}`, chat);
  await store.run(`delete from outbox where run_id is null and at < ? and ${noWaiting}`, [chat]);
  await store.run(`delete from outbox where delivered_at is null and at < ? and ${noWaiting}`, [now - unsaidMs]);
  const theEngines = over(`${workflowRuns}.idempotency_key`);
  const engine = now - engineMs;
  await forget(
    `${workflowSignals} where workflow_run_id in (select id from ${workflowRuns} where ${theEngines})`,
    engine,
  );
  // Its steps go with it.
  await forget(`${workflowRuns} where ${theEngines}`, engine);
}

/** Whether the run of this id has ended and nothing has happened in it since a time, ISO 8601. */
const over = (id: string): string =>
  `exists (select 1 from runs join events on events.run_id = runs.id and events.seq = runs.last_seq
     where runs.id = ${id} and runs.outcome is not null and events.at < ?)`;

/** Whatever it tells of, nobody has to say a word to it. */
const noWaiting = `not exists
  (select 1 from notices where notices.id = outbox.notice_id and notices.open = 1 and notices.severity <> 'info')`;
