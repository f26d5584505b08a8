import type { Card } from "../../core/card.ts";
import { cardLines, questionLines, stepLine } from "../../render/terminal.ts";

/** Where a console draws. */
export interface Screen {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
  write(text: string): void;
}

/** A question that stands below a card, with what was typed so far. */
interface Below {
  /** How many lines the cursor is below its first one. */
  rows(): number;
  /** Draws it anew where the cursor is as many lines below its first one. */
  redraw(): void;
}

/** Shows one card, live. */
export interface LiveCard {
  show(card: Card): void;
  /** From now on this stands below the card and stays as it is. */
  keep(below: Below): void;
  /** It is over; so many lines of it are left on the screen, and go when the card is drawn the next time. */
  drop(lines: number): void;
  /** Draws the last state for good; without one, what is on the screen stays. */
  end(card: Card | null): void;
}

/** On a terminal the card is redrawn in place; elsewhere every step is one plain line when it ends. */
export function liveCard(screen: Screen): LiveCard {
  return screen.isTTY ? redrawn(screen) : plain(screen);
}

function redrawn(screen: Screen): LiveCard {
  let shown = 0;
  let current: Card | undefined;
  let below: Below | undefined;
  const draw = (card: Card, whole: boolean) => {
    const rows = below?.rows() ?? 0;
    const lines = cardLines(card, { width: screen.columns, color: true, now: Date.now() });
    // What has scrolled off the screen cannot be redrawn: show the end, which is where things happen.
    const visible = whole ? lines : lines.slice(-Math.max(1, screen.rows - 2 - rows));
    screen.write(`${shown === 0 ? "" : eraseLines(shown + rows)}${visible.join("\n")}\n${"\n".repeat(rows)}`);
    shown = visible.length;
    below?.redraw();
  };
  const clock = setInterval(() => current !== undefined && draw(current, false), 1000);
  clock.unref();
  return {
    show(card) {
      current = card;
      draw(card, false);
    },
    keep(question) {
      below = question;
    },
    drop(lines) {
      below = undefined;
      shown += lines;
    },
    end(card) {
      clearInterval(clock);
      if (card !== null) draw(card, true);
    },
  };
}

/** Erases this line and so many above it, and all below. */
export const eraseLines = (above: number): string => `\r${above === 0 ? "" : `\u001B[${above}A`}\u001B[J`;

function plain(screen: Screen): LiveCard {
  const style = () => ({ width: 120, color: false, now: Date.now() });
  const told = new Set<string>();
  let asked: string | null = null;
  let waiting = "";
  const show = (card: Card) => {
    if (told.size === 0) screen.write(`${card.title}\n`);
    told.add("");
    for (const step of card.checklist) {
      if (step.endedAt === null || told.has(step.title)) continue;
      told.add(step.title);
      screen.write(`${stepLine(step, style())}\n`);
    }
    if (card.state === "waiting" && card.verdict !== waiting) screen.write(`  ${card.verdict}\n`);
    waiting = card.state === "waiting" ? card.verdict : "";
    if (card.question !== null && card.question.text !== asked) {
      const evidence = { ...card, checklist: [], question: null };
      screen.write(`${[...cardLines(evidence, style()), ...questionLines(card.question, style())].join("\n")}\n`);
    }
    asked = card.question?.text ?? null;
  };
  return {
    show,
    keep: () => undefined,
    drop: () => undefined,
    end(card) {
      if (card === null) return;
      show(card);
      const rest = { ...card, checklist: [], question: null };
      screen.write(`${cardLines(rest, style()).join("\n")}\n`);
    },
  };
}
