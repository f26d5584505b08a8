import type { Workflow } from "openworkflow";
import { OpsError, toFailure, type Failure } from "../core/errors.ts";
import { inParallel, type Run, type StepContext, type StepName, type StepOutcome } from "../core/playbook.ts";
import type { Clock, Services } from "../core/ports.ts";
import type { RunFact, RunView } from "../core/journal.ts";
import type { Flight } from "./flight.ts";
import { scrubDeep } from "./journal.ts";
import { StoreAway } from "./store/port.ts";

/** OpenWorkflow gives up at 1000, repeated ones included, without saying so to anybody. */
const mostSteps = 900;

/** What the durable engine offers to the body of a run. */
type DurableSteps = Pick<Parameters<Workflow<unknown, unknown, unknown>["fn"]>[0]["step"], "run">;

/** What a step fails with is kept as its outcome, so only a failure of the store itself is ever retried. */
export const untilTheStoreWorks = { initialInterval: "1s", maximumInterval: "30s", maximumAttempts: 0 } as const;

const forever = new Promise<never>(() => undefined);

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

/** What a `DurableRun` is made of. */
export interface RunParts {
  readonly id: string;
  readonly actor: string;
  readonly services: Services;
  /** What the journal knows of the run so far. */
  readonly view: RunView;
  readonly durable: DurableSteps;
  /** Writes into the journal, if the run is still this one's to carry out. */
  readonly record: (fact: RunFact) => Promise<void>;
  readonly scrub: (text: string) => string;
  readonly flight: Flight;
  /** Aborted when the engine stops or the run is no longer its own: nothing may be recorded any more. */
  readonly halted: AbortSignal;
  /** Aborted when a person cancels the run. */
  readonly cancelled: AbortSignal;
}

/** One execution of a run from its beginning; finished steps hand out what they were journaled with. */
export class DurableRun implements Run {
  readonly id: string;
  readonly actor: string;
  readonly services: Services;
  /** What went wrong in the engine itself, as opposed to in a step. */
  fault: unknown;
  readonly #parts: RunParts;
  readonly #clock: Clock;
  readonly #names = new Set<string>();
  /** Steps whose end is in the journal. */
  readonly #told: Set<string>;
  /** What was recorded last; one thing is written after the other. */
  #recorded: Promise<void> = Promise.resolve();

  constructor(parts: RunParts) {
    this.id = parts.id;
    this.actor = parts.actor;
    this.services = parts.services;
    this.#parts = parts;
    this.#clock = parts.services.clock;
    this.#told = new Set(parts.view.steps.flatMap(({ name, state }) => (state === "running" ? [] : [name])));
  }

  async step<T = void>(name: StepName, work: (context: StepContext) => Promise<StepOutcome<T>>): Promise<T> {
    if (this.#names.has(name.name)) throw new TypeError(`two steps of a run are called “${name.name}”`);
    this.#names.add(name.name);
    if (this.#names.size > mostSteps) throw new TypeError(`a run may have ${mostSteps} steps`);
    const kept = await this.#parts.flight.carry(async () => {
      const kept = await this.#keep(name, work);
      await this.#tell(name.name, kept);
      return kept;
    });
    if (!kept.ok) throw new OpsError(kept.failure);
    return kept.value as T;
  }

  parallel<A, T>(items: readonly A[], work: (item: A) => Promise<T>): Promise<T[]> {
    return inParallel(items, work);
  }

  async #keep(name: StepName, work: (context: StepContext) => Promise<StepOutcome<unknown>>): Promise<Kept> {
    try {
      return await this.#parts.durable.run({ name: name.name, retryPolicy: untilTheStoreWorks }, async () => {
        const { flight, halted } = this.#parts;
        // A step that would begin while the engine drains begins when the run is taken up.
        if (flight.landing.aborted) return flight.aside(forever);
        const kept = await this.#attempt(name, work);
        // A step that ends when all has been halted did not end: it is done again when the run is taken up.
        return halted.aborted ? flight.aside(forever) : kept;
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
      if (error instanceof StoreAway) throw error;
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
      if (this.#parts.halted.aborted) return forever;
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
