import type { CardAction } from "./action.ts";
import type { Drawing } from "./drawing.ts";
import type { Table } from "./table.ts";

/** How a step or a run stands. */
export type CardState = "waiting" | "running" | "asking" | "done" | "failed";

/** One line of the checklist. Times are milliseconds since 1970. */
export interface CardStep {
  readonly title: string;
  readonly state: CardState;
  /** What it says of itself: progress while it runs, its outcome afterwards. */
  readonly sentence: string;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Milliseconds it usually takes, where that is known. */
  readonly usualMs: number | null;
}

/** Something a person is asked; answered by a button in chat and by a word in the console. */
export interface CardQuestion {
  /** Another one for each thing that is asked; the same while its text changes. */
  readonly id: string;
  readonly text: string;
  /** What goes with it, line by line: what is different from what was asked before. */
  readonly details: readonly string[];
  /** What must be typed to approve; `yes`, or the cluster's name where data is at stake. */
  readonly approveWith: string;
}

/**
 * A message that stands for one run or one answer, rendered by each adapter in its own way. It is only ever a
 * projection of the journal.
 */
export interface Card {
  readonly title: string;
  readonly state: CardState;
  /** One line that says how things are; empty while nothing can be said. */
  readonly verdict: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly checklist: readonly CardStep[];
  readonly question: CardQuestion | null;
  readonly table: Table | null;
  readonly text: string | null;
  /** What would change or has changed, a line each that begins with `+ `, `- `, `~ ` or two blanks. */
  readonly diff: readonly string[];
  /** Drawn where the card is shown, and not before; its words where there are no pictures. */
  readonly picture: Drawing | null;
  readonly actions: readonly CardAction[];
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}
