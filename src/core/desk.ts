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
  readonly commands: readonly Command[];
  /** Reads, authorizes and runs a command. @throws OpsError in words for the person who typed it. */
  submit(text: string, actor: string): Promise<Receipt>;
  /** Calls back with the state now and at every change; returns how to stop that. */
  follow(runId: string, listener: (state: RunState) => void): () => void;
  /** Answers the question a run is asking. @throws OpsError when it asks nothing or the answer may not be given. */
  decide(runId: string, actor: string, word: string): Promise<void>;
}
