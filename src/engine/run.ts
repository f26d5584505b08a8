import { OpsError, toFailure, type Failure } from "../core/errors.ts";
import type { Ask, Verdict } from "../core/ask.ts";
import { inParallel, type Run, type StepContext, type StepName, type StepOutcome } from "../core/playbook.ts";
import type { Clock, Services } from "../core/ports.ts";
import type { RunFact } from "../core/journal.ts";
import { scrubDeep } from "./journal.ts";
import type { RunParts, Wait } from "./run-parts.ts";
import { isAway } from "./store/port.ts";

/** OpenWorkflow gives up at 1000, repeated ones included, without saying so to anybody. */
const mostSteps = 900;

/** What a step fails with is kept as its outcome, so only a failure of the store itself is ever retried. */
export const untilTheStoreWorks = { initialInterval: "1s", maximumInterval: "30s", maximumAttempts: 0 } as const;

/** Each time another one, so that whoever waits for it can be forgotten. */
const forever = () => new Promise<never>(() => undefined);

/** How a step ended, as the durable engine keeps it: never as an exception. */
type Kept =
  | {
      readonly ok: true;
      readonly value?: unknown;
      readonly sentence: string;
      readonly changed: number;
      readonly seconds: number;
    }
  | { readonly ok: false; readonly failure: Failure; readonly seconds: number };

/** One execution of a run from its beginning; finished steps hand out what they were journaled with. */
export class DurableRun implements Run {
  readonly id: string;
  readonly actor: string;
  readonly services: Services;
  /** What went wrong in the engine itself, as opposed to in a step. */
  fault: unknown;
  /** Resolves once all that is left to do is to wait, with what tells the durable engine so. */
  readonly parked: Promise<unknown>;
  readonly #parts: RunParts;
  readonly #clock: Clock;
  readonly #names = new Set<string>();
  /** Steps whose end is in the journal. */
  readonly #told: Set<string>;
  /** What was recorded last; one thing is written after the other. */
  #recorded: Promise<void> = Promise.resolve();
  /** Steps under way. */
  #underWay = 0;
  #waiting: { readonly since: unknown } | undefined;
  readonly #park: (sleep: unknown) => void;

  constructor(parts: RunParts) {
    this.id = parts.id;
    this.actor = parts.actor;
    this.services = parts.services;
    this.#parts = parts;
    this.#clock = parts.services.clock;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.parked = promise;
    this.#park = resolve;
    this.#told = new Set(parts.view.steps.flatMap(({ name, state }) => (state === "running" ? [] : [name])));
  }

  async step<T = void>(name: StepName, work: (context: StepContext) => Promise<StepOutcome<T>>): Promise<T> {
    this.#name(name.name);
    this.#underWay += 1;
    try {
      const kept = await this.#parts.flight.carry(async () => {
        const kept = await this.#keep(name, work);
        await this.#tell(name.name, kept);
        return kept;
      });
      if (!kept.ok) throw new OpsError(kept.failure);
      return kept.value as T;
    } finally {
      this.#underWay -= 1;
      this.#parkWhenQuiet();
    }
  }

  ask(ask: Ask): Promise<Verdict> {
    return this.#parts.ask(ask);
  }

  /** Waits as a step of its own. Where there is something to wait for, this is the end of this execution of the run. */
  async wait<T>(name: StepName, wait: Wait<T>): Promise<T> {
    this.#name(name.name);
    // What would begin to wait while the engine drains waits when the run is taken up.
    if (this.#parts.flight.landing.aborted) return forever();
    if (this.#waiting !== undefined) throw new TypeError("a run waits for one thing at a time");
    this.#waiting = { since: undefined };
    try {
      return await this.guard(() => this.#waitFor(name, wait));
    } finally {
      this.#waiting = undefined;
    }
  }

  /** Does work of the engine itself: what goes wrong in it is no failure of the run. */
  async guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (fault) {
      if (!(fault instanceof OpsError)) this.fault ??= fault;
      throw fault;
    }
  }

  async #waitFor<T>(name: StepName, wait: Wait<T>): Promise<T> {
    if (!this.#parts.view.steps.some((step) => step.name === name.name)) {
      await this.#record({ kind: "step.started", ...name, asks: true });
    }
    const timeout = await wait.begin();
    // A decision that came before the wait was reached has woken nobody, and there is nothing to wait for.
    if (!(await wait.decided()) || (await this.#parts.wake(wait.signal))) {
      if (!(await this.#isOver(name.name, wait, timeout))) return await forever();
    }
    const { sentence, value, seconds } = await wait.end();
    await this.#tell(name.name, { ok: true, sentence, changed: 0, seconds });
    return value;
  }

  parallel<A, T>(items: readonly A[], work: (item: A) => Promise<T>): Promise<T[]> {
    return inParallel(items, work);
  }

  #name(name: string): void {
    if (this.#names.has(name)) throw new TypeError(`two steps of a run are called “${name}”`);
    this.#names.add(name);
    if (this.#names.size > mostSteps) throw new TypeError(`a run may have ${mostSteps} steps`);
  }

  /** Whether the signal or the end of its time has come; if not, the run is on its way to be parked. */
  async #isOver(name: string, wait: Wait<unknown>, timeout: number): Promise<boolean> {
    try {
      await this.#parts.durable.waitForSignal({ name: `wait for ${name}`, signal: wait.signal, timeout });
      return true;
    } catch (sleep) {
      if (!(sleep instanceof Error) || sleep.name !== "SleepSignalError") throw sleep;
      // What was decided meanwhile has missed the wait, which is there only now.
      if (await wait.decided()) await this.#parts.wake(wait.signal);
      this.#waiting = { since: sleep };
      this.#parkWhenQuiet();
      return false;
    }
  }

  /** The code between two steps has had its turn before this looks. */
  #parkWhenQuiet(): void {
    const sleep = this.#waiting?.since;
    if (sleep === undefined) return;
    setImmediate(() => {
      if (this.#underWay === 0) this.#park(sleep);
    });
  }

  async #keep(name: StepName, work: (context: StepContext) => Promise<StepOutcome<unknown>>): Promise<Kept> {
    try {
      return await this.#parts.durable.run({ name: name.name, retryPolicy: untilTheStoreWorks }, async () => {
        const { flight, halted } = this.#parts;
        // A step that would begin while the engine drains begins when the run is taken up.
        if (flight.landing.aborted) return flight.aside(forever());
        const kept = await this.#attempt(name, work);
        // A step that ends when all has been halted did not end: it is done again when the run is taken up.
        return halted.aborted ? flight.aside(forever()) : kept;
      });
    } catch (fault) {
      this.fault ??= fault;
      throw fault;
    }
  }

  async #attempt(name: StepName, work: (context: StepContext) => Promise<StepOutcome<unknown>>): Promise<Kept> {
    const { halted, cancelled, scrub } = this.#parts;
    const begun = this.#clock.now();
    const seconds = () => Math.max(0, this.#clock.now() - begun) / 1000;
    let last = "";
    const say = (sentence: string) => {
      if (sentence === last) return;
      last = sentence;
      // If that fails, so does whatever is recorded next.
      this.#record({ kind: "step.said", name: name.name, sentence }).catch(() => undefined);
    };
    await this.#record({ kind: "step.started", ...name });
    try {
      cancelled.throwIfAborted();
      const context = { signal: AbortSignal.any([halted, cancelled]), steady: halted, say };
      const { sentence, value, changed = 0 } = await work(context);
      const kept = {
        ok: true,
        sentence,
        changed,
        seconds: seconds(),
        ...(value === undefined ? {} : { value }),
      } as const;
      return scrubDeep(kept, scrub);
    } catch (error) {
      // That is no end of the step: it is done again when the store is back.
      if (isAway(error)) throw error;
      const failure = toFailure(error);
      const node = failure.node ?? name.node;
      return scrubDeep(
        { ok: false, failure: node === undefined ? failure : { ...failure, node }, seconds: seconds() },
        scrub,
      );
    }
  }

  /** After it was kept, so that a crash in between cannot journal an end that did not last. */
  async #tell(name: string, kept: Kept): Promise<void> {
    if (this.#told.has(name)) return;
    this.#told.add(name);
    const { seconds } = kept;
    await this.#record(
      kept.ok
        ? { kind: "step.finished", name, sentence: kept.sentence, changed: kept.changed, seconds }
        : { kind: "step.failed", name, failure: kept.failure, seconds },
    );
  }

  /** Who records something once all has been halted waits for ever. */
  #record(fact: RunFact): Promise<void> {
    this.#recorded = this.#recorded.then(async () => {
      if (this.#parts.halted.aborted) return forever();
      try {
        await this.#parts.record(fact);
      } catch (fault) {
        this.fault ??= fault;
        throw fault;
      }
    });
    return this.#recorded;
  }
}
