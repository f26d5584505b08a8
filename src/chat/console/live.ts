import type { Card } from "../../core/card.ts";
import { cardLines, questionLines, stepLine } from "../../render/terminal.ts";

/** Where a console draws. */
export interface Screen {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
  write(text: string): void;
}

/** Shows one card, live. */
export interface LiveCard {
  show(card: Card): void;
  /** Draws the last state for good. */
  end(card: Card): void;
}

/** On a terminal the card is redrawn in place; elsewhere every step is one plain line when it ends. */
export function liveCard(screen: Screen): LiveCard {
  return screen.isTTY ? redrawn(screen) : plain(screen);
}

function redrawn(screen: Screen): LiveCard {
  let shown = 0;
  let current: Card | undefined;
  const draw = (card: Card, whole: boolean) => {
    const lines = cardLines(card, { width: screen.columns, color: true, now: Date.now() });
    // What has scrolled off the screen cannot be redrawn: show the end, which is where things happen.
    const visible = whole ? lines : lines.slice(-Math.max(1, screen.rows - 2));
    const back = shown === 0 ? "" : `\u001B[${shown}A\u001B[J`;
    screen.write(`${back}${visible.join("\n")}\n`);
    shown = visible.length;
  };
  const clock = setInterval(() => current !== undefined && draw(current, false), 1000);
  clock.unref();
  return {
    show(card) {
      current = card;
      draw(card, false);
    },
    end(card) {
      clearInterval(clock);
      draw(card, true);
    },
  };
}

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
    end(card) {
      show(card);
      const rest = { ...card, checklist: [], question: null };
      screen.write(`${cardLines(rest, style()).join("\n")}\n`);
    },
  };
}
