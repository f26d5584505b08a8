import type { CardAction } from "./action.ts";
import type { Drawing } from "./drawing.ts";
import type { Caller, Identity } from "./caller.ts";
import type { Card } from "./card.ts";
import type { Command } from "./command.ts";
import type { RunView } from "./journal.ts";
import type { Lock } from "./lock.ts";
import type { Option } from "./option.ts";
import type { Place } from "./mouth.ts";
import type { Notice } from "./notice.ts";
import type { Result } from "./playbook.ts";

/**
 * What comes back from something a person typed or pressed: an answer, which everybody at that place should see
 * (`shared`) or only the one who asked, or a run to follow, whose card is shown at that place by the engine.
 */
export type Receipt =
  | { readonly kind: "answer"; readonly card: Card; readonly result: Result; readonly shared: boolean }
  | { readonly kind: "run"; readonly runId: string };

/** A run as it is now. `result` is there once it has ended. */
interface RunState {
  readonly card: Card;
  readonly result: Result | null;
}

/** The message a button was pressed under, as the platform vouches for it. */
export interface PressedAt {
  readonly place: Place;
  readonly messageId: string;
}

/** The web console, where the page of a run or notice is its message: Nonet makes it itself, so no button is astray there. */
export const webPlace: Place = "web";

/** What somebody filled in, by the name of the field or option. */
export type Filled = Readonly<Record<string, string>>;

/** A command that was typed without what it needs. */
export interface CommandForm {
  /** Without the slash. */
  readonly command: string;
  readonly summary: string;
  readonly options: readonly Option[];
}

/** A value that could be meant. */
export interface Suggestion {
  readonly value: string;
  readonly label: string;
}

/** What is going on, as far as somebody may see it. */
export interface Board {
  readonly clusters: readonly string[];
  /** Unfinished, oldest first. */
  readonly runs: readonly RunView[];
  /** The last that ended, newest first. */
  readonly ended: readonly RunView[];
  readonly locks: readonly Lock[];
  /** Those that wait to be acknowledged, oldest first. */
  readonly notices: readonly Notice[];
}

/** What was true of a cluster when somebody looked, or the watch did. `at` is in milliseconds since 1970. */
export interface LastLook {
  readonly at: number;
  readonly ok: boolean;
  readonly verdict: string;
  readonly drawing: Drawing | null;
  /** The run that looked; `null` for the watch. */
  readonly runId: string | null;
}

/** The one face that every adapter (console, Slack, Discord, web page) talks to. */
export interface Desk {
  /** What the configuration calls somebody; `null` for a stranger. */
  nameOf(identity: Identity): string | null;
  /** What somebody may use at a place, for help and completion. */
  commandsFor(caller: Caller): readonly Command[];
  /** Reads, authorizes and runs a command. @throws OpsError in words for the person who typed it. */
  submit(text: string, caller: Caller): Promise<Receipt>;
  /** The same for a command whose options were filled in one by one. @throws OpsError the same. */
  use(name: string, options: Filled, caller: Caller): Promise<Receipt>;
  /**
   * The form of a command that was typed with nothing after its name although it needs something; `undefined` for
   * whatever else was typed, and for what the caller may not use.
   */
  formFor(text: string, caller: Caller): CommandForm | undefined;
  /** What an option could be, best first; nothing of what the caller may not use. `given` are the other options so far. */
  complete(
    asked: { readonly command: string; readonly option: string; readonly typed: string; readonly given: Filled },
    caller: Caller,
  ): Promise<readonly Suggestion[]>;
  /**
   * The button as it is now, with the fields to ask for.
   * @throws OpsError `stale_button` when this message does not have it (any more).
   */
  action(id: string, at: PressedAt): Promise<CardAction>;
  /**
   * Does what a button stands for, under the caller's rights of this moment; `undefined` when the card itself shows it.
   * @throws OpsError in words for the person who pressed it.
   */
  press(id: string, at: PressedAt, filled: Filled, caller: Caller): Promise<Receipt | undefined>;
  /** What is going on. */
  board(caller: Caller): Promise<Board>;
  /** What was last seen to be true of a cluster; `undefined` when there is nothing that the caller may see. */
  lastLook(cluster: string, caller: Caller): Promise<LastLook | undefined>;
  /** A run as it is now. @throws OpsError `no_such_run`, or a denial when the caller may not see it. */
  see(runId: string, caller: Caller): Promise<RunView>;
  /** Calls back whenever something has happened in any run; returns how to stop that. */
  watch(changed: () => void): () => void;
  /** Calls back with the state now and at every change; returns how to stop that. */
  follow(runId: string, listener: (state: RunState) => void): () => void;
  /** Answers the question a run is asking. @throws OpsError when it asks nothing or the answer may not be given. */
  decide(runId: string, caller: Caller, word: string): Promise<void>;
  /** Stops a run, or refuses what it waits for. @throws OpsError when there is none, or it may not be stopped. */
  cancel(runId: string, caller: Caller): Promise<void>;
}
