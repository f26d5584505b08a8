import type { ImageBlock, KnownBlock } from "@slack/types";
import type { Card } from "../../core/card.ts";
import { altOf, mostAlt } from "../../render/draw.ts";
import { outline } from "../outline.ts";
import type { Paper } from "../paper.ts";
import { heartbeat, headline } from "../steps.ts";
import { clip, oneLine } from "../text.ts";
import { actionsBlocks, codeBlocks, context, escapeMrkdwn, header, proseBlocks, slackSize } from "./blocks.ts";
import { slackTable } from "./table.ts";

/** What is sent to Slack. `text` is what notifications and screen readers tell. */
export interface SlackMessage {
  readonly blocks: KnownBlock[];
  readonly text: string;
}

interface Options {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Another one at every update of a message, at most 200 characters: Slack wants new ids for changed blocks. */
  readonly revision: string | number;
  /** The id of the card's picture, once it is uploaded. */
  readonly pictureFileId?: string;
  /** Bytes of all its text, at least 3,000. */
  readonly budget?: number;
}

/**
 * Somewhere from 11,000 on, which is said nowhere, Slack calls blocks too long (slackapi/bolt-js#2867); with less there
 * is some room for how it counts.
 */
const usualBudget = 8000;
/** Slack takes 10,000 characters in all cells of a table. */
const mostTable = 8000;
/** Slack takes 4,000 in an update. */
const mostFallback = 3500;

/** A card as a message of Slack: within its limits, and nothing of its data rings or is markup. */
export function slackMessage(card: Card, options: Options): SlackMessage {
  const { now, revision, pictureFileId, budget = usualBudget } = options;
  const table = card.table === null ? undefined : slackTable(card.table, Math.min(budget * 0.4, mostTable));
  const alt = card.picture === null ? "" : clip(oneLine(altOf(card.picture), mostAlt), mostAlt, slackSize);
  const paper: Paper = {
    room: budget - (table?.size ?? 0) - slackSize(alt),
    prose: slackSize,
    code: slackSize,
    markup: 2,
    columns: 100,
    now,
  };
  const parts = outline(table === undefined ? card : { ...card, table: null }, paper);
  const blocks: KnownBlock[] = [
    header(parts.title),
    ...proseBlocks(parts.verdict),
    ...proseBlocks(parts.facts),
    ...proseBlocks(parts.steps),
    ...(pictureFileId === undefined || alt === "" ? context([alt]) : [picture(pictureFileId, alt)]),
    ...codeBlocks(parts.diff),
    ...(table === undefined ? codeBlocks(parts.table) : [table.block]),
    ...proseBlocks(parts.rows),
    ...codeBlocks(parts.text),
    ...proseBlocks(parts.question, "quote"),
    ...actionsBlocks(card.actions),
    ...context([parts.notice, parts.footer]),
  ];
  return {
    blocks: blocks.map((block, index) => ({ ...block, block_id: `${revision}.${index}` })),
    text: fallback(card, now),
  };
}

const picture = (id: string, alt: string): ImageBlock => ({
  type: "image",
  slack_file: { id },
  alt_text: alt,
});

/** The card in one paragraph: what it is about, how it stands, and what is asked. */
function fallback(card: Card, now: number): string {
  const sentences = [card.verdict || heartbeat(card, now), card.question?.text ?? ""];
  const told = [headline(card, 150), ...sentences.map((sentence) => oneLine(sentence, 1500))];
  const size = (text: string) => escapeMrkdwn(text).length;
  return escapeMrkdwn(clip(told.filter((part) => part !== "").join(" · "), mostFallback, size));
}
