import { createHash } from "node:crypto";
import type { Card } from "../../core/card.ts";
import { pictureFile } from "../files.ts";
import type { Slack } from "./client.ts";

/** Pictures that are remembered, so that a card that changes beside its picture uploads it once. */
const remembered = 50;

/** Slack's ids of pictures. */
export class Pictures {
  readonly #slack: Slack;
  /** Ids by the picture's hash. */
  readonly #known = new Map<string, string>();

  constructor(slack: Slack) {
    this.#slack = slack;
  }

  /** Uploads a picture, once; `null` for what is none. It belongs to the bot alone until a message shows it. */
  async idOf(picture: NonNullable<Card["picture"]>): Promise<string | null> {
    const file = pictureFile(picture);
    if (file === null) return null;
    const hash = createHash("sha256").update(file.data).digest("hex");
    const known = this.#known.get(hash);
    if (known !== undefined) return known;
    const upload = { filename: file.name, file: file.data, alt_text: picture.alt };
    const { files } = await this.#slack.call("urgent", (web) => web.filesUploadV2(upload));
    const id = files[0]?.files?.[0]?.id;
    if (id === undefined) throw new Error("Slack took a picture and did not say which");
    this.#known.set(hash, id);
    const [oldest] = this.#known.keys();
    if (this.#known.size > remembered && oldest !== undefined) this.#known.delete(oldest);
    return id;
  }
}
