import type { Drawing } from "../../core/drawing.ts";
import { toFailure } from "../../core/errors.ts";
import { drawingHash, pictureFile } from "../files.ts";
import { altOf } from "../../render/draw.ts";
import type { Log, Slack } from "./client.ts";

/** Pictures that are remembered, so that a card that changes beside its picture uploads it once. */
const remembered = 50;
/** How often a card is shown without its picture, which is still on its way, before it stays without. */
const mostWaits = 5;

/** A picture on its way into Slack, or there. */
interface Uploaded {
  /** `null` until it is uploaded. */
  id: string | null;
  /** How often it may still be waited for. Slack looks at a new picture for a moment before it shows it. */
  waits: number;
}

/** The pictures that were uploaded: each is drawn and sent once, beside everything else. */
export class Pictures {
  readonly #slack: Slack;
  readonly #log: Pick<Log, "warn">;
  /** By the drawing's hash. */
  readonly #known = new Map<string, Uploaded>();

  constructor(slack: Slack, log: Pick<Log, "warn">) {
    this.#slack = slack;
    this.#log = log;
  }

  /** The picture as far as it has come; the first time, it sets out. */
  of(drawing: Drawing): Uploaded {
    const hash = drawingHash(drawing);
    const known = this.#known.get(hash);
    if (known !== undefined) return known;
    const fresh: Uploaded = { id: null, waits: mostWaits };
    this.#known.set(hash, fresh);
    const [oldest] = this.#known.keys();
    if (this.#known.size > remembered && oldest !== undefined) this.#known.delete(oldest);
    this.#upload(drawing).then(
      (id) => {
        fresh.id = id;
      },
      (error: unknown) => {
        fresh.waits = 0;
        this.#log.warn({ reason: toFailure(error).message }, "a picture is not in Slack: its words are shown");
      },
    );
    return fresh;
  }

  /** It belongs to the bot alone until a message shows it. */
  async #upload(drawing: Drawing): Promise<string> {
    const file = await pictureFile(drawing, "light");
    if (file === null) throw new Error("the picture is too large");
    const upload = { filename: file.name, file: file.data, alt_text: altOf(drawing) };
    const { files } = await this.#slack.call("lossy", (web) => web.filesUploadV2(upload));
    const id = files[0]?.files?.[0]?.id;
    if (id === undefined) throw new Error("Slack took a picture and did not say which");
    return id;
  }
}
