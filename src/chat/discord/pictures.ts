import { z } from "zod";
import type { Card } from "../../core/card.ts";
import type { Drawing } from "../../core/drawing.ts";
import { toFailure } from "../../core/errors.ts";
import { drawingHash, pictureFile, type ChatFile } from "../files.ts";
import { cardMessage, keptMessage } from "./messages.ts";
import type { Outgoing } from "./post.ts";
import type { Log } from "./session.ts";

/** Messages whose picture is remembered. */
const remembered = 1000;

const Sent = z.object({ attachments: z.array(z.object({ id: z.string() })) });

/** The pictures of cards: drawn and sent once for each message, not with every change of the card. */
export class Pictures {
  readonly #known = new Map<string, { readonly hash: string; readonly attachment: string }>();
  readonly #log: Pick<Log, "warn">;

  constructor(log: Pick<Log, "warn">) {
    this.#log = log;
  }

  /** A card as a message; `messageId` is the one it changes. */
  async message(card: Card, now: number, messageId: string | null): Promise<Outgoing> {
    const { picture } = card;
    if (picture === null) return cardMessage(card, now);
    const known = messageId === null ? undefined : this.#known.get(messageId);
    if (known?.hash === drawingHash(picture)) return keptMessage(card, now, known.attachment);
    return cardMessage(card, now, await this.#drawn(picture));
  }

  /** `sent` is the message as Discord tells it. */
  remember(messageId: string, { picture }: Card, sent: unknown): void {
    const attachment = Sent.safeParse(sent).data?.attachments[0]?.id;
    this.#known.delete(messageId);
    if (picture === null || attachment === undefined) return;
    this.#known.set(messageId, { hash: drawingHash(picture), attachment });
    const [oldest] = this.#known.keys();
    if (this.#known.size > remembered && oldest !== undefined) this.#known.delete(oldest);
  }

  async #drawn(picture: Drawing): Promise<ChatFile | null> {
    try {
      return await pictureFile(picture, "dark");
    } catch (error) {
      this.#log.warn({ reason: toFailure(error).message }, "a picture was not drawn for Discord: its words are shown");
      return null;
    }
  }
}
