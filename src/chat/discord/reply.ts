import { OpsError } from "../../core/errors.ts";
import type { DiscordClient } from "./client.ts";
import { codes, isRefusal } from "./failures.ts";
import type { Interaction } from "./interaction.ts";
import type { Outgoing } from "./post.ts";

/** Flag of a message that only one person sees. */
const privately = 1 << 6;

/** How the first answer was taken; `late` when Discord no longer waits for it, `taken` when another process gave it. */
export type Ack = "given" | "late" | "taken";

/** Answers one interaction, with the token that came with it. */
export class Reply {
  readonly #client: DiscordClient;
  readonly #interaction: Interaction;

  constructor(client: DiscordClient, interaction: Interaction) {
    this.#client = client;
    this.#interaction = interaction;
  }

  /** A private answer follows. */
  deferReply(): Promise<Ack> {
    return this.#callback(5, { flags: privately });
  }

  /** The message of the button stays as it is for now. */
  deferUpdate(): Promise<Ack> {
    return this.#callback(6);
  }

  /** At once, and only to whoever asked. */
  tell(message: Outgoing): Promise<Ack> {
    return this.#callback(4, withPrivacy(message.body));
  }

  complete(choices: readonly { readonly name: string; readonly value: string | number }[]): Promise<Ack> {
    return this.#callback(8, { choices });
  }

  openForm(form: object): Promise<Ack> {
    return this.#callback(9, form);
  }

  /** What a deferred reply was deferred for. */
  async finish({ body, files }: Outgoing): Promise<void> {
    await this.#client.send({ method: "PATCH", route: `${this.#webhook}/messages/@original`, body, files });
  }

  /** Takes the deferred reply away: something else shows that it was heard. */
  async vanish(): Promise<void> {
    await this.#client.send({ method: "DELETE", route: `${this.#webhook}/messages/@original` });
  }

  /** Something more, only to whoever asked. */
  async follow({ body, files }: Outgoing): Promise<void> {
    await this.#client.send({ method: "POST", route: this.#webhook, body: withPrivacy(body), files });
  }

  get #webhook() {
    const { application_id: application, token } = this.#interaction;
    return `/webhooks/${application}/${token}` as const;
  }

  /**
   * Whether it is too late, Discord says: it knows best how long ago it was. Sent again once when the connection broke:
   * then Discord says whether it was heard the first time.
   */
  async #callback(type: number, data?: object): Promise<Ack> {
    const { id, token } = this.#interaction;
    const body = { type, ...(data === undefined ? {} : { data }) };
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#client.send({ method: "POST", route: `/interactions/${id}/${token}/callback`, body });
        return "given";
      } catch (error) {
        if (isRefusal(error, codes.unknownInteraction)) return "late";
        if (isRefusal(error, codes.alreadyAcknowledged)) return attempt === 1 ? "taken" : "given";
        if (attempt === 2 || !isAway(error)) throw error;
      }
    }
  }
}

const withPrivacy = (body: Outgoing["body"]): Outgoing["body"] => ({
  ...body,
  flags: Number(body["flags"] ?? 0) | privately,
});

const isAway = (error: unknown): boolean => error instanceof OpsError && error.code === "discord_away";
