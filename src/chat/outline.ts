import type { Card } from "../core/card.ts";
import { noticeOf, sectionsOf, type Section } from "./sections.ts";
import { headline, spell, type Line } from "./steps.ts";
import type { Paper } from "./paper.ts";
import { clip, oneLine } from "./text.ts";

/** A card in harmless words that fit; each platform only sets them. */
export interface Outline {
  readonly title: string;
  readonly verdict: readonly Line[];
  readonly facts: readonly Line[];
  readonly steps: readonly Line[];
  /** What is asked, then what goes with it. */
  readonly question: readonly Line[];
  /** In letters of one width, as the next two. */
  readonly diff: readonly string[];
  readonly table: readonly string[];
  readonly text: readonly string[];
  /** The rows of a table that is too wide for columns: what each is about, then what is said of it. */
  readonly rows: readonly Line[];
  /** Where to see all of it; empty when all is there. */
  readonly notice: string;
  /** Which run it is, and how long it takes or took. */
  readonly footer: string;
}

/** Words a card within the room of a platform: what is asked and what would be deleted are the last to be cut. */
export function outline(card: Card, paper: Paper): Outline {
  const title = clip(headline(card, 150), 280, paper.prose);
  const footer = clip(footerOf(card, paper.now), 280, paper.prose);
  const notice = noticeOf(card);
  const { verdict, facts, steps, question, diff, table, rows, text } = sectionsOf(card, paper);
  const fixed = paper.prose(title) + paper.prose(footer) + paper.prose(notice) + 10 * paper.markup;
  const byRank = [question, diff, verdict, steps, facts, table, rows, text];
  const shown = fitAll(byRank, paper.room - fixed);
  const lines = (section: Section) => shown.get(section) ?? [];
  const code = (section: Section) => lines(section).map(({ plain }) => plain);
  return {
    title,
    verdict: lines(verdict),
    facts: lines(facts),
    steps: lines(steps),
    question: lines(question),
    diff: code(diff),
    table: code(table),
    text: code(text),
    rows: lines(rows),
    notice: [...shown.values()].flat().some(({ isCut }) => isCut === true) ? notice : "",
    footer,
  };
}

/** Gives every section its share, and what some do not need to the others by rank. */
function fitAll(byRank: readonly Section[], room: number): Map<Section, readonly Line[]> {
  const wishes = byRank.map((section) => {
    const lines = section.fit(room);
    return { section, lines, wish: takes(section, lines), share: Math.floor(section.share * room) };
  });
  let spare = room - wishes.reduce((sum, { wish, share }) => sum + Math.min(wish, share), 0);
  const given = wishes.map(({ section, lines, wish, share }) => {
    const more = Math.min(spare, Math.max(0, wish - share));
    spare -= more;
    return [section, wish <= share + more ? lines : section.fit(share + more)] as const;
  });
  return new Map(given);
}

const takes = (section: Section, lines: readonly Line[]): number =>
  lines.reduce((sum, line) => sum + section.size(line), 0);

/** `1f6f2f0c-…, started by alice · 3:07`. */
function footerOf({ facts, startedAt, endedAt }: Card, now: number): string {
  const run = facts.find(([name]) => name === "run");
  const time = startedAt === null ? "" : spell((endedAt ?? now) - startedAt);
  return [run === undefined ? "" : `run ${oneLine(run[1], 200)}`, time].filter((part) => part !== "").join(" · ");
}
