import type { Workflow } from "openworkflow";
import { OpsError, toFailure, type Failure } from "../core/errors.ts";
import { inParallel, type Run, type StepContext, type StepName, type StepOutcome } from "../core/playbook.ts";
import type { Clock, Services } from "../core/ports.ts";
import { scrubDeep, type Journal } from "./journal.ts";

/** OpenWorkflow gives up at 1000, repeated ones included, without saying so to anybody. */
const mostSteps = 900;

/** What the durable engine offers to the body of a run. */
type DurableSteps = Pick<Parameters<Workflow<unknown, unknown, unknown>["fn"]>[0]["step"], "run">;

/** What a step fails with is kept as its outcome, so only a failure of the store itself is ever retried. */
export const untilTheStoreWorks = { initialInterval: "1s", maximumInterval: "30s", maximumAttempts: 0 } as const;

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
  readonly journal: Journal;
  readonly durable: DurableSteps;
  readonly scrub: (text: string) => string;
  /** Aborted when the engine stops: nothing may be recorded any more. */
  readonly closing: AbortSignal;
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

  constructor(parts: RunParts) {
    this.id = parts.id;
    this.actor = parts.actor;
    this.services = parts.services;
    this.#parts = parts;
    this.#clock = parts.services.clock;
    const view = parts.journal.view(parts.id);
    this.#told = new Set(view?.steps.flatMap(({ name, state }) => (state === "running" ? [] : [name])));
  }

  async step<T = void>(name: StepName, work: (context: StepContext) => Promise<StepOutcome<T>>): Promise<T> {
    if (this.#names.has(name.name)) throw new TypeError(`two steps of a run are called “${name.name}”`);
    this.#names.add(name.name);
    if (this.#names.size > mostSteps) throw new TypeError(`a run may have ${mostSteps} steps`);
    const kept = await this.#keep(name, work);
    this.#tell(name.name, kept);
    if (!kept.ok) throw new OpsError(kept.failure);
    return kept.value as T;
  }

  parallel<A, T>(items: readonly A[], work: (item: A) => Promise<T>): Promise<T[]> {
    return inParallel(items, work);
  }

  async #keep(name: StepName, work: (context: StepContext) => Promise<StepOutcome<unknown>>): Promise<Kept> {
    try {
      return await this.#parts.durable.run({ name: name.name, retryPolicy: untilTheStoreWorks }, async () => {
        const kept = await this.#attempt(name, work);
        // A step that ends while the engine stops did not end: it is done again when the run is taken up.
        return this.#parts.closing.aborted ? new Promise<never>(() => undefined) : kept;
      });
    } catch (fault) {
      this.fault ??= fault;
      throw fault;
    }
  }

  async #attempt(name: StepName, work: (context: StepContext) => Promise<StepOutcome<unknown>>): Promise<Kept> {
    const { journal, closing, cancelled, scrub } = this.#parts;
    const begun = this.#clock.now();
    const seconds = () => Math.max(0, this.#clock.now() - begun) / 1000;
    let last = "";
    const say = (sentence: string) => {
      if (sentence === last || closing.aborted) return;
      last = sentence;
      journal.append(this.id, { kind: "step.said", name: name.name, sentence });
    };
    if (!closing.aborted) journal.append(this.id, { kind: "step.started", ...name });
    try {
      cancelled.throwIfAborted();
      const {
        sentence,
        value,
        changed = 0,
      } = await work({
        signal: AbortSignal.any([closing, cancelled]),
        steady: closing,
        say,
      });
      const kept = {
        ok: true,
        sentence,
        changed,
        seconds: seconds(),
        ...(value === undefined ? {} : { value }),
      } as const;
      return scrubDeep(kept, scrub);
    } catch (error) {
      const failure = toFailure(error);
      const node = failure.node ?? name.node;
      return scrubDeep(
        { ok: false, failure: node === undefined ? failure : { ...failure, node }, seconds: seconds() },
        scrub,
      );
    }
  }

  /** After it was kept, so that a crash in between cannot journal an end that did not last. */
  #tell(name: string, kept: Kept): void {
    if (this.#told.has(name) || this.#parts.closing.aborted) return;
    this.#told.add(name);
    const { seconds } = kept;
    this.#parts.journal.append(
      this.id,
      kept.ok
        ? { kind: "step.finished", name, sentence: kept.sentence, changed: kept.changed, seconds }
        : { kind: "step.failed", name, failure: kept.failure, seconds },
    );
  }
}
