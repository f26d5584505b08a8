import { fenced } from "../core/fence.ts";
import type { RunFact } from "../core/journal.ts";
import type { Approvals } from "./approvals.ts";
import type { Cancels } from "./cancels.ts";
import type { EngineOptions } from "./options.ts";
import { askInTheMiddle, execute } from "./execute.ts";
import type { Flight } from "./flight.ts";
import type { Instance } from "./instances.ts";
import { NotHeld, type Hold, type Journal } from "./journal.ts";
import { DurableRun } from "./run.ts";
import type { Runs } from "./runs.ts";
import { unlessAborted } from "./unless-aborted.ts";
import type { Body } from "./worker.ts";

/** What the body of a run works with. */
interface Carrying extends Omit<EngineOptions, "observe"> {
  readonly journal: Journal;
  readonly runs: Runs;
  readonly approvals: Approvals;
  readonly cancels: Cancels;
  readonly flight: Flight;
  readonly closing: AbortSignal;
  readonly self: () => Instance;
  /** Hands over whatever has begun and was not. */
  readonly sweep: () => Promise<void>;
  /** Wakes whoever waits for the signal; returns whether anybody does or did. */
  readonly wake: (signal: string) => Promise<boolean>;
}

/** Carries a run out for as long as it is this instance's to carry out. */
export async function carry([id, engineId, durable]: Parameters<Body>, parts: Carrying): Promise<void> {
  const { journal, runs, state, services, storeId, playbooks, approvals, rules, wake } = parts;
  const { id: instance, lost } = parts.self();
  const adopted = await runs.adopt(id, engineId, instance);
  // It ended, but perhaps this process failed before it could hand over the next.
  if (adopted === undefined) return parts.sweep();
  const { turn, parked } = adopted;
  const lose = new AbortController();
  const hold: Hold = { instance, turn, lose: () => lose.abort(new NotHeld(id)) };
  const halted = AbortSignal.any([parts.closing, lost, lose.signal]);
  const cancelled = await parts.cancels.open(id);
  try {
    const record = await runs.find(id);
    const before = await journal.view(id);
    if (record === undefined || before === undefined) throw new TypeError(`there is no run ${id}`);
    const write = (fact: RunFact) => journal.append(id, fact, hold);
    // To be woken from a wait is no interruption.
    if (!parked) await write({ kind: "run.started", resumed: before.state !== "queued" });
    const { actor } = record;
    const scrub = (text: string) => state.vault.scrub(text);
    const shared = { halted, cancelled, flight: parts.flight };
    const fleet = fenced((...node) => services.fleet(...node), { run: id, turn, by: storeId, actor });
    const own = { ...shared, id, actor, services: { ...services, fleet }, view: before, durable, record: write };
    const asking = { record, hold, approvals, rules, cancelled };
    const run: DurableRun = new DurableRun({ ...own, scrub, wake, ask: (ask) => askInTheMiddle(run, asking, ask) });
    const playbook = playbooks.find(({ name }) => name === record.playbook);
    const ended = execute({ ...asking, run, before, playbook, runs, halted });
    const sleep = await unlessAborted(halted, Promise.race([ended, run.parked]));
    if (sleep === undefined) return;
    await runs.park(id, hold);
    throw sleep;
  } finally {
    parts.cancels.close(id);
  }
}
