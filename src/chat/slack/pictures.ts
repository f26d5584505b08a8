import { createHash } from "node:crypto";
import type { Card } from "../../core/card.ts";
import { pictureFile } from "../files.ts";
import type { Slack } from "./client.ts";

/** Pictures that are remembered, so that a card that changes beside its picture uploads it once. */
const remembered = 50;
/** How often a message may be refused for its picture before the card does without. */
const mostRefusals = 5;

/** A picture in Slack. */
interface Uploaded {
  readonly id: string;
  /** How often a message with it was refused: Slack looks at a new picture for a moment before it shows it. */
  refusals: number;
}

/** The pictures that were uploaded. */
export class Pictures {
  readonly #slack: Slack;
  /** By the picture's hash. */
  readonly #known = new Map<string, Uploaded>();

  constructor(slack: Slack) {
    this.#slack = slack;
  }

  /**
   * Uploads a picture, once; `null` for what is none, or what Slack does not show. It belongs to the bot alone until a
   * message shows it.
   */
  async uploaded(picture: NonNullable<Card["picture"]>): Promise<Uploaded | null> {
    const file = pictureFile(picture);
    if (file === null) return null;
    const hash = createHash("sha256").update(file.data).digest("hex");
    const known = this.#known.get(hash);
    if (known !== undefined) return known.refusals < mostRefusals ? known : null;
    const upload = { filename: file.name, file: file.data, alt_text: picture.alt };
    const { files } = await this.#slack.call("urgent", (web) => web.filesUploadV2(upload));
    const id = files[0]?.files?.[0]?.id;
    if (id === undefined) throw new Error("Slack took a picture and did not say which");
    const fresh = { id, refusals: 0 };
    this.#known.set(hash, fresh);
    const [oldest] = this.#known.keys();
    if (this.#known.size > remembered && oldest !== undefined) this.#known.delete(oldest);
    return fresh;
  }
}
