import type { Card } from "../core/card.ts";
import type { RunView } from "../core/journal.ts";
import type { Result } from "../core/playbook.ts";
import { runCard } from "../core/run-card.ts";

/** How a run ended, also when it did not come to its own end; `null` while it goes on. */
export function resultOf(view: RunView): Result | null {
  if (view.finishedAt === null) return null;
  const { verdict } = runCard(view);
  const data = { run: view.id, changed: view.changed, state: view.state };
  const { result } = view;
  if (result === null) return { ok: false, verdict, data };
  const own = typeof result.data === "object" && result.data !== null && !Array.isArray(result.data) ? result.data : {};
  return { ...result, data: { ...data, ...own } };
}

/** The card of an answer at once. */
export function answerCard(title: string, result: Result): Card {
  return {
    title,
    state: result.ok ? "done" : "failed",
    verdict: result.verdict,
    facts: [],
    checklist: [],
    question: null,
    table: result.table ?? null,
    text: result.text ?? null,
    diff: result.diff ?? [],
    picture: null,
    actions: [],
    startedAt: null,
    endedAt: null,
  };
}
