import type { HomeView, KnownBlock } from "@slack/types";
import type { Board } from "../../core/desk.ts";
import type { RunView } from "../../core/journal.ts";
import { shortId } from "../../core/left.ts";
import { describeLock } from "../../core/lock.ts";
import { runCard } from "../../core/run-card.ts";
import { counted } from "../../core/words.ts";
import { linesAndRest } from "../lines.ts";
import { headline, heartbeat, type Line } from "../steps.ts";
import { oneLine } from "../text.ts";
import { context, header, proseBlocks, slackSize } from "./blocks.ts";

/** Bytes of each of the lists; together less than a message may have. */
const mostInList = 2500;

/** What is going on, for the app's home: everybody sees what they may see, as of `now` (milliseconds since 1970). */
export function homeView({ clusters, runs, locks }: Pick<Board, "clusters" | "runs" | "locks">, now: number): HomeView {
  const asking = runs.filter(({ state }) => state === "waiting");
  const others = runs.filter(({ state }) => state !== "waiting");
  const blocks: KnownBlock[] = [
    ...list("Waiting for an answer", asking, (run) => runLine(run, now), "Nobody is asked anything."),
    ...list("Running", others, (run) => runLine(run, now), "Nothing runs."),
    ...list("Locks", locks, (lock) => told(describeLock(lock)), "Nothing is locked."),
    ...list("Clusters", clusters, told, "There is none that you may see."),
    ...context([`as of ${new Date(now).toISOString().slice(0, 16).replace("T", " ")} UTC`]),
  ];
  return { type: "home", blocks };
}

const told = (text: string): Line => ({ strong: "", plain: oneLine(text, 400) });

function list<T>(title: string, items: readonly T[], word: (item: T) => Line, none: string): KnownBlock[] {
  const size = ({ strong, plain }: Line) => slackSize(strong) + slackSize(plain) + 1;
  const lines = linesAndRest(items, word, { most: mostInList, size }, (left) => `… ${counted(left, "line")} more`);
  return [header(title), ...proseBlocks(lines.length === 0 ? [told(none)] : lines)];
}

function runLine(run: RunView, now: number): Line {
  const card = runCard(run);
  const how = card.question?.text ?? (card.verdict || heartbeat(card, now));
  const who = `${shortId(run.id)}, started by ${run.actor}`;
  return { strong: headline(card, 100), plain: ` · ${oneLine(who, 80)}${how === "" ? "" : ` · ${oneLine(how, 400)}`}` };
}
