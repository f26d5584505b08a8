import { createHash } from "node:crypto";
import { z } from "zod";
import type { Card } from "../../core/card.ts";
import type { Outgoing } from "./post.ts";

/** Messages whose picture is remembered. */
const remembered = 1000;

const Sent = z.object({ attachments: z.array(z.object({ id: z.string() })) });

/** Which picture hangs on which message, so that it is not sent again with every change of the card. */
export class Pictures {
  readonly #known = new Map<string, { readonly hash: string; readonly attachment: string }>();

  /** `sent` is the message as Discord tells it. */
  remember(messageId: string, { picture }: Card, sent: unknown): void {
    const attachment = Sent.safeParse(sent).data?.attachments[0]?.id;
    this.#known.delete(messageId);
    if (picture === null || attachment === undefined) return;
    this.#known.set(messageId, { hash: hashOf(picture), attachment });
    const [oldest] = this.#known.keys();
    if (this.#known.size > remembered && oldest !== undefined) this.#known.delete(oldest);
  }

  /** The change of a message, without the picture when that hangs on it already. */
  kept(messageId: string, { picture }: Card, message: Outgoing): Outgoing {
    const known = this.#known.get(messageId);
    if (picture === null || known?.hash !== hashOf(picture)) return message;
    return { body: { ...message.body, attachments: [{ id: known.attachment }] }, files: [] };
  }
}

const hashOf = ({ png }: NonNullable<Card["picture"]>): string => createHash("sha256").update(png).digest("hex");
