import type { Card, CardState, CardStep } from "../core/card.ts";
import { counted, duration } from "../core/words.ts";
import { marks } from "../render/terminal.ts";
import { oneLine } from "./text.ts";

/** A line of prose; the strong part is what one looks for. */
export interface Line {
  readonly strong: string;
  readonly plain: string;
  /** Whether something of it is not there. */
  readonly isCut?: boolean;
}

/** More steps than this are told in numbers where they are done or yet to come. */
const longest = 15;

/** An entry of the checklist as a line; made when it is shown, because there may be thousands. */
export type StepItem = (now: number) => Line;

/** `▸ /cluster build prod`, at most so long. */
export const headline = (card: Card, most: number): string =>
  `${marks[card.state][0]} ${oneLine(card.title, most - 2)}`.trimEnd();

/** The checklist, as far as it is of interest: whatever failed and whatever runs always is. */
export function stepItems({ checklist }: Card): readonly StepItem[] {
  const items = checklist.map((step, index) => ({ step, item: itemOf(step, numbered(checklist, index)) }));
  if (items.length <= longest) return items.map(({ item }) => item);
  const inState = (state: CardState) => checklist.filter((step) => step.state === state).length;
  const sum = (state: CardState, words: string): StepItem[] => {
    const count = inState(state);
    return count === 0 ? [] : [() => ({ strong: `${marks[state][0]} ${counted(count, "step")} ${words}`, plain: "" })];
  };
  const open = items.filter(({ step: { state } }) => state !== "done" && state !== "waiting");
  // Should there not even be room for these, those that failed are the last to go.
  const failedFirst = open.toSorted((a, b) => Number(b.step.state === "failed") - Number(a.step.state === "failed"));
  return [...sum("done", "done"), ...failedFirst.map(({ item }) => item), ...sum("waiting", "to come")];
}

/** `step 14 of 31 · Boot db2 · it answers pings · 43 s, usually 48 s`; empty while nothing runs. */
export function heartbeat({ checklist }: Card, now: number): string {
  const index = checklist.findIndex(({ state }) => state === "running");
  const step = checklist[index];
  if (step === undefined) return "";
  const { strong, plain } = itemOf(step, numbered(checklist, index))(now);
  return strong.slice(2) + plain;
}

/** `43 s`, `1.4 s`, `3:07`: tenths only where they are not over before they are read. */
export const spell = (milliseconds: number): string => duration(milliseconds).replace(/^(\d\d)\.\d s$/, "$1 s");

/** How many there are is known only where those to come are listed. */
function numbered(checklist: readonly CardStep[], index: number): string {
  const { length } = checklist;
  return checklist.at(-1)?.state === "waiting" ? `step ${index + 1} of ${length}` : `step ${index + 1}`;
}

const itemOf =
  (step: CardStep, number: string): StepItem =>
  (now) => {
    const { state, startedAt, endedAt, usualMs } = step;
    const time = startedAt === null ? "" : spell((endedAt ?? now) - startedAt);
    const usual = state === "running" && usualMs !== null ? `, usually ${spell(usualMs)}` : "";
    const strong = [state === "running" ? number : "", oneLine(step.title, 80)];
    const plain = [oneLine(step.sentence, state === "failed" ? 400 : 200), time + usual];
    const joined = (parts: readonly string[]) => parts.filter((part) => part !== "");
    return {
      strong: `${marks[state][0]} ${joined(strong).join(" · ")}`.trimEnd(),
      plain: joined(plain)
        .map((part) => ` · ${part}`)
        .join(""),
    };
  };
