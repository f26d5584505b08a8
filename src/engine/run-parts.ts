import type { Workflow } from "openworkflow";
import type { Ask, Verdict } from "../core/ask.ts";
import type { RunFact, RunView } from "../core/journal.ts";
import type { Services } from "../core/ports.ts";
import type { Flight } from "./flight.ts";

/** What the durable engine offers to the body of a run. */
type DurableSteps = Pick<Parameters<Workflow<unknown, unknown, unknown>["fn"]>[0]["step"], "run" | "waitForSignal">;

/** Something that a run waits for without holding anything. Everything is done again at a replay. */
export interface Wait<T> {
  /** What wakes the run. */
  readonly signal: string;
  /** Makes known what is waited for. Returns how many milliseconds it may take. */
  begin(): Promise<number>;
  /** Whether there is anything left to wait for. */
  decided(): Promise<boolean>;
  /** What came of it. */
  end(): Promise<{ readonly sentence: string; readonly value: T; readonly seconds: number }>;
}

/** What a `DurableRun` is made of. */
export interface RunParts {
  readonly id: string;
  readonly actor: string;
  readonly services: Services;
  /** What the journal knows of the run so far. */
  readonly view: RunView;
  readonly durable: DurableSteps;
  /** Wakes whoever waits for this signal; whoever does not yet misses it. Returns whether anybody did. */
  readonly wake: (signal: string) => Promise<boolean>;
  /** Asks people in the name of the run. */
  readonly ask: (ask: Ask) => Promise<Verdict>;
  /** Writes into the journal, if the run is still this one's to carry out. */
  readonly record: (fact: RunFact) => Promise<void>;
  readonly scrub: (text: string) => string;
  readonly flight: Flight;
  /** Aborted when the engine stops or the run is no longer its own: nothing may be recorded any more. */
  readonly halted: AbortSignal;
  /** Aborted when a person cancels the run. */
  readonly cancelled: AbortSignal;
}
