import { toFailure } from "../../core/errors.ts";
import { answerCommand } from "./answer-command.ts";
import { answerForm, answerButton } from "./answer-button.ts";
import { complete } from "./complete.ts";
import type { Asked, Ears } from "./ears.ts";
import { callerOf, kinds, readInteraction } from "./interaction.ts";
import { wordsMessage } from "./messages.ts";
import { Reply } from "./reply.ts";

/** Interactions that are remembered, so that none is heard twice. */
const remembered = 5000;

/** Every way in from Discord. It establishes who speaks and where; what that person may do, the desk says. */
export class Inbound {
  readonly #ears: Ears;
  readonly #heard = new Set<string>();
  readonly #underway = new Set<Promise<void>>();

  constructor(ears: Ears) {
    this.#ears = ears;
  }

  /** Takes what the gateway brings, in whatever state it is. */
  hear(given: unknown): void {
    const answering = this.#hear(given)
      .catch((error: unknown) => {
        this.#ears.log.error({ reason: toFailure(error).message }, "an interaction from Discord could not be answered");
      })
      .finally(() => this.#underway.delete(answering));
    this.#underway.add(answering);
  }

  /** Resolves once everything that was heard is answered. */
  async idle(): Promise<void> {
    await Promise.all(this.#underway);
  }

  async #hear(given: unknown): Promise<void> {
    const { pinned, log, client } = this.#ears;
    const interaction = readInteraction(given);
    if (interaction === undefined) return log.warn({}, "Discord sent an interaction of an unknown shape");
    const { application_id: application, id } = interaction;
    if (application !== pinned.application) return log.warn({ application }, "an interaction of another application");
    if (!this.#isNew(id)) return;
    const reply = new Reply(client, interaction);
    const caller = callerOf(interaction, pinned);
    if (typeof caller !== "string") return this.#answer({ interaction, caller, reply });
    log.warn({ guild: interaction.guild_id ?? null, user: interaction.member?.user.id ?? null }, caller);
    if (interaction.type === kinds.completion) await reply.complete([]);
    else await reply.tell(wordsMessage(caller));
  }

  async #answer(asked: Asked): Promise<void> {
    switch (asked.interaction.type) {
      case kinds.command:
        return answerCommand(this.#ears, asked);
      case kinds.button:
        return answerButton(this.#ears, asked);
      case kinds.form:
        return answerForm(this.#ears, asked);
      case kinds.completion:
        return complete(this.#ears, asked);
      default:
        this.#ears.log.warn({ type: asked.interaction.type }, "an interaction of an unknown kind");
    }
  }

  #isNew(id: string): boolean {
    if (this.#heard.has(id)) return false;
    this.#heard.add(id);
    const [oldest] = this.#heard;
    if (this.#heard.size > remembered && oldest !== undefined) this.#heard.delete(oldest);
    return true;
  }
}
