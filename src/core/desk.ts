import type { Caller } from "./caller.ts";
import type { Card } from "./card.ts";
import type { Command } from "./command.ts";
import type { Result } from "./playbook.ts";

/** What comes back from something a person typed: an answer, or a run to follow. */
export type Receipt =
  | { readonly kind: "answer"; readonly card: Card; readonly result: Result }
  | { readonly kind: "run"; readonly runId: string };

/** A run as it is now. `result` is there once it has ended. */
interface RunState {
  readonly card: Card;
  readonly result: Result | null;
}

/** The one face that every adapter (console, Slack, Discord, web page) talks to. */
export interface Desk {
  /** What somebody may use at a place, for help and completion. */
  commandsFor(caller: Caller): readonly Command[];
  /** Reads, authorizes and runs a command. @throws OpsError in words for the person who typed it. */
  submit(text: string, caller: Caller): Promise<Receipt>;
  /** Calls back with the state now and at every change; returns how to stop that. */
  follow(runId: string, listener: (state: RunState) => void): () => void;
  /** Answers the question a run is asking. @throws OpsError when it asks nothing or the answer may not be given. */
  decide(runId: string, caller: Caller, word: string): Promise<void>;
  /** Stops a run, or refuses what it waits for. @throws OpsError when there is none, or it may not be stopped. */
  cancel(runId: string, caller: Caller): Promise<void>;
}
