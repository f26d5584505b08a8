import type { Command } from "../../core/command.ts";
import type { Caller } from "../../core/caller.ts";
import type { Desk } from "../../core/desk.ts";
import type { Answers, Asker } from "./answers.ts";
import type { Log, Slack } from "./client.ts";

/** What all that is heard from Slack works with. */
export interface Inside {
  readonly desk: Desk;
  readonly slack: Slack;
  readonly answers: Answers;
  readonly commands: readonly Command[];
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Somebody, where, and how to answer. */
export interface Visit {
  readonly caller: Caller;
  readonly asker: Asker;
  /** The bot is there as well, and shows the cards of runs. */
  readonly member: boolean;
}
