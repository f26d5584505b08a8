import {
  ButtonStyle,
  ComponentType,
  MessageFlags,
  type APIActionRowComponent,
  type APIAllowedMentions,
  type APIButtonComponentWithCustomId,
  type APIComponentInContainer,
  type APIContainerComponent,
  type APIMediaGalleryComponent,
} from "discord-api-types/v10";
import type { CardAction } from "../../core/action.ts";
import type { Card, CardState } from "../../core/card.ts";
import { buttonsOf } from "../buttons.ts";
import { outline, type Outline } from "../outline.ts";
import type { Line } from "../steps.ts";
import { altOf, mostAlt } from "../../render/draw.ts";
import { clip, oneLine, units } from "../text.ts";
import { codeBlock, disarm, disarmedSize } from "./markdown.ts";
import { pictureName } from "../files.ts";

/** What is sent to Discord. */
export interface DiscordMessage {
  readonly components: APIContainerComponent[];
  readonly flags: MessageFlags;
  readonly allowed_mentions: APIAllowedMentions;
}

/** Of the 4,000 characters that Discord takes, so that nothing ever depends on how it counts them. */
const mostText = 3600;
/** What a picture's words may take where there is no picture. */
const mostWords = 500;
/** Two rows of five. */
const mostButtons = 10;
/** What people can read of the 80 characters a label may have. */
const mostLabel = 38;

// Beside the mark of the headline, for people who do not see one of them.
const colors: Record<CardState, number> = {
  waiting: 0x80848e,
  running: 0x3498db,
  asking: 0xf0b232,
  done: 0x248046,
  failed: 0xda373c,
};

const styles = {
  primary: ButtonStyle.Primary,
  danger: ButtonStyle.Danger,
  plain: ButtonStyle.Secondary,
} as const satisfies Record<CardAction["style"], ButtonStyle>;

interface Options {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether the card's picture is there as a file of the message; its words stand in its place otherwise. */
  readonly hasPicture?: boolean;
}

/** A card as a message of Discord (Components V2): within its limits, and nothing of its data rings or is markup. */
export function discordMessage(card: Card, { now, hasPicture = false }: Options): DiscordMessage {
  const said = card.picture === null ? "" : oneLine(altOf(card.picture), mostAlt);
  // Of the 4,000 characters only what is text takes some, not the description of a picture.
  const alt = hasPicture ? said : clip(said, mostWords, disarmedSize);
  const rows = actionRows(card.actions);
  const told = rows.flatMap((row) => row.components).reduce((sum, { label = "" }) => sum + label.length, 0);
  const parts = outline(card, {
    room: mostText - told - (hasPicture ? 0 : disarmedSize(alt)),
    prose: disarmedSize,
    code: units,
    // Two pairs of asterisks, a line break, and one for the fences and signs that come once.
    markup: 6,
    columns: 72,
    now,
  });
  const components: APIComponentInContainer[] = [
    ...texts([`## ${disarm(parts.title)}`, ...parts.verdict.map(prose), ...parts.facts.map(prose)]),
    ...texts(parts.steps.map(prose)),
    ...(hasPicture ? [pictureOf(alt)] : texts([disarm(alt)])),
    ...texts([codeBlock(parts.diff, "diff")]),
    ...texts([codeBlock(parts.table, "text")]),
    ...texts(parts.rows.map(prose)),
    ...texts([codeBlock(parts.text, "text")]),
    ...texts(parts.question.map(prose)),
    ...rows,
    ...texts(smallPrint(parts)),
  ];
  return {
    components: [{ type: ComponentType.Container, accent_color: colors[card.state], components }],
    flags: MessageFlags.IsComponentsV2,
    allowed_mentions: { parse: [] },
  };
}

function texts(lines: readonly string[]): APIComponentInContainer[] {
  const content = lines.filter((line) => line !== "").join("\n");
  return content === "" ? [] : [{ type: ComponentType.TextDisplay, content }];
}

function prose({ strong, plain }: Line): string {
  const name = disarm(strong.trim());
  return `${name === "" ? "" : `**${name}**`}${disarm(plain)}`;
}

const smallPrint = ({ notice, footer }: Outline): string[] =>
  [notice, footer].flatMap((line) => (line === "" ? [] : [`-# ${disarm(line)}`]));

const pictureOf = (alt: string): APIMediaGalleryComponent => ({
  type: ComponentType.MediaGallery,
  items: [{ media: { url: `attachment://${pictureName}` }, description: alt }],
});

function actionRows(actions: readonly CardAction[]): APIActionRowComponent<APIButtonComponentWithCustomId>[] {
  const buttons = buttonsOf(actions, { most: mostButtons, mostId: 100, mostLabel }).map(
    ({ id, label, style }): APIButtonComponentWithCustomId => ({
      type: ComponentType.Button,
      custom_id: id,
      label,
      style: styles[style],
    }),
  );
  return [buttons.slice(0, 5), buttons.slice(5)].flatMap((components) =>
    components.length === 0 ? [] : [{ type: ComponentType.ActionRow, components }],
  );
}
