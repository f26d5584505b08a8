import type { Card } from "../../../core/card.ts";
import type { AuditView, State } from "../wire.ts";
import type { Link } from "./live.ts";

/** A button that was pressed and asks for something first, or what came of the last one; by the run or notice it is on. */
export interface Pressing {
  /** Id of the button whose form is open. */
  readonly open: string | null;
  readonly busy: boolean;
  readonly problem: string | null;
}

/** What the page knows. One at a time; whoever changes it calls `changed`. */
export const model = {
  state: null as State | null,
  link: { kind: "connecting" } as Link,
  /** Milliseconds the bot's clock is ahead. */
  skew: 0,
  /** What the last command, or button, answered. */
  answer: null as Card | null,
  problem: null as string | null,
  pressing: new Map<string, Pressing>(),
  audit: null as AuditView | null,
};

let draw = (): void => undefined;
let asked = false;

/** Says how the page is drawn. */
export function drawWith(render: () => void): void {
  draw = render;
}

/** Draws the page once more, soon, however often it is called. */
export function changed(): void {
  if (asked) return;
  asked = true;
  queueMicrotask(() => {
    asked = false;
    draw();
  });
}

/** Milliseconds since 1970 by the bot's clock. */
export const now = (): number => Date.now() + model.skew;
