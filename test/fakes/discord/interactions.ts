import {
  InteractionResponseType as Response,
  InteractionType,
  MessageFlags,
  MessageReferenceType,
  MessageType,
} from "discord-api-types/v10";
import type { APIInteraction, APIMessage } from "discord-api-types/v10";
import { z } from "zod";
import { modalForm } from "./components.ts";
import type { ModalForm } from "./components.ts";
import { invalidForm, readForm, refuseFields, refusals } from "./errors.ts";
import { ofTree, readMessage } from "./message-form.ts";
import type { Messages, MessageRecord, Origin, Upload } from "./messages.ts";
import type { ChannelRecord, World } from "./world.ts";

/** An interaction must be acknowledged in this time, and its token lives so long. */
const ackMs = 3000;
const tokenMs = 15 * 60_000;

const replying = [Response.ChannelMessageWithSource, Response.DeferredChannelMessageWithSource];
const updating = [Response.DeferredMessageUpdate, Response.UpdateMessage];
/** Which answers fit which interaction. */
const fitting: Readonly<Partial<Record<InteractionType, readonly Response[]>>> = {
  [InteractionType.ApplicationCommand]: replying.concat(Response.Modal),
  [InteractionType.MessageComponent]: [...replying, ...updating, Response.Modal],
  [InteractionType.ApplicationCommandAutocomplete]: [Response.ApplicationCommandAutocompleteResult],
  [InteractionType.ModalSubmit]: replying,
};

const choice = z.object({
  name: z.string().min(1).max(100),
  value: z.union([z.string().max(100), z.number()]),
});
/** What a person may choose from while typing. */
export type Choice = z.infer<typeof choice>;

/** A person's use of a command, button, select or modal, and what became of it. */
export class Interaction {
  readonly wire: APIInteraction;
  readonly channel: ChannelRecord;
  readonly userId: string;
  /** The message with the component that was used. */
  readonly source: MessageRecord | null;
  /** In milliseconds since 1970. */
  readonly at: number;
  ack: { readonly type: Response; readonly at: number } | null = null;
  /** The reply, "thinking…" while it is deferred; of a deferred or immediate update the source. */
  original: MessageRecord | null = null;
  readonly followUps: MessageRecord[] = [];
  modal: ModalForm | null = null;
  choices: readonly Choice[] | null = null;
  /** Was it acknowledged too late? */
  late = false;
  readonly #now: () => number;

  constructor(
    wire: APIInteraction,
    who: { channel: ChannelRecord; userId: string; source: MessageRecord | null },
    now: () => number,
  ) {
    this.wire = wire;
    this.channel = who.channel;
    this.userId = who.userId;
    this.source = who.source;
    this.at = now();
    this.#now = now;
  }

  /** How long the bot took to acknowledge it; null before. */
  get ackMs(): number | null {
    return this.ack === null ? null : this.ack.at - this.at;
  }

  /** Has the person seen "The application did not respond"? */
  get unanswered(): boolean {
    return this.ack === null && this.#now() - this.at > ackMs;
  }

  /** All that was said to it: the reply, then the follow-ups. */
  get replies(): MessageRecord[] {
    const own = this.original === null || this.original === this.source ? [] : [this.original];
    return [...own, ...this.followUps].filter(({ deleted }) => !deleted);
  }
}

const callbackForm = z.object({ type: z.enum(Response), data: z.unknown().optional() });

/** All interactions, and the rules by which they are answered. */
export class Interactions {
  readonly all: Interaction[] = [];
  readonly #world: World;
  readonly #messages: Messages;
  readonly #now: () => number;
  readonly #wrong: (line: string) => void;

  constructor(world: World, messages: Messages, now: () => number, wrong: (line: string) => void) {
    this.#world = world;
    this.#messages = messages;
    this.#now = now;
    this.#wrong = wrong;
  }

  /** Answers one; throws 10062 for an unknown or late one, 40060 for the second answer. */
  callback(id: string, token: string, json: unknown, uploads: readonly Upload[]): Interaction {
    const interaction = this.all.find(({ wire }) => wire.id === id && wire.token === token);
    if (interaction === undefined) throw refusals.unknownInteraction();
    if (interaction.ack !== null) {
      this.#wrong(`interaction ${id} was acknowledged twice`);
      throw refusals.acknowledged();
    }
    if (this.#now() - interaction.at > ackMs) {
      interaction.late = true;
      throw refusals.unknownInteraction();
    }
    const form = readForm(callbackForm, json);
    const fits = fitting[interaction.wire.type] ?? [];
    const fromComponent = interaction.wire.type === InteractionType.ModalSubmit && interaction.source !== null;
    const allowed = fromComponent ? [...fits, ...updating] : fits;
    if (!allowed.includes(form.type))
      throw invalidForm([
        { path: ["type"], code: "BASE_TYPE_CHOICES", message: `Value must be one of {${allowed.join(", ")}}.` },
      ]);
    this.#answer(interaction, form.type, form.data ?? {}, uploads);
    interaction.ack = { type: form.type, at: this.#now() };
    return interaction;
  }

  #answer(interaction: Interaction, type: Response, data: unknown, uploads: readonly Upload[]): void {
    const at = ["data"];
    const files = uploads.map(({ name }) => name);
    if (type === Response.ChannelMessageWithSource) {
      const message = readMessage(data, { files, at });
      interaction.original = this.#say(interaction, message, uploads, (message.flags ?? 0) & MessageFlags.Ephemeral);
    } else if (type === Response.DeferredChannelMessageWithSource) {
      const flags = this.#deferredFlags(interaction, data);
      interaction.original = this.#say(interaction, {}, [], flags, { flags: MessageFlags.Loading });
    } else if (type === Response.UpdateMessage || type === Response.DeferredMessageUpdate) {
      interaction.original = interaction.source;
      const { source } = interaction;
      if (type === Response.UpdateMessage && source !== null)
        this.#messages.edit(source, readMessage(data, { files, at, before: source.before }), uploads);
    } else if (type === Response.ApplicationCommandAutocompleteResult) {
      interaction.choices = readForm(z.object({ choices: z.array(choice).max(25) }), data, at).choices;
    } else if (type === Response.Modal) {
      const modal = readForm(modalForm, data, at);
      refuseFields(ofTree(modal.components, []).map((problem) => ({ ...problem, path: [...at, ...problem.path] })));
      interaction.modal = modal;
    }
  }

  /** A deferred reply takes only the EPHEMERAL flag; Discord drops all else without a word. */
  #deferredFlags(interaction: Interaction, data: unknown): number {
    const form = readForm(z.looseObject({ flags: z.number().int().nullish() }), data, ["data"]);
    const flags = form.flags ?? 0;
    const dropped = Object.keys(form).filter((name) => name !== "flags");
    if ((flags & ~MessageFlags.Ephemeral) !== 0 || dropped.length > 0)
      this.#wrong(`the deferred reply to ${interaction.wire.id} carries more than the EPHEMERAL flag`);
    return flags & MessageFlags.Ephemeral;
  }

  /** The interaction whose token this is; throws 10015 for an unknown or unanswered one, 50027 after 15 minutes. */
  byToken(applicationId: string, token: string): Interaction {
    const interaction = this.all.find(({ wire }) => wire.token === token);
    if (interaction === undefined || applicationId !== this.#world.application.id) throw refusals.unknownWebhook();
    if (this.#now() - interaction.at > tokenMs) throw refusals.invalidWebhookToken();
    if (interaction.ack === null) throw refusals.unknownWebhook();
    return interaction;
  }

  /**
   * Says one thing more. The first after a deferred reply becomes that reply and keeps whether it is ephemeral.
   * A user-installed application that is not in the guild may follow up five times (40094).
   */
  followUp(interaction: Interaction, json: unknown, uploads: readonly Upload[]): MessageRecord {
    const files = uploads.map(({ name }) => name);
    const { original } = interaction;
    if (original?.loading === true) {
      this.#messages.edit(original, readMessage(json, { files, before: original.before }), uploads);
      return original;
    }
    const form = readMessage(json, { files });
    if (!this.#inGuild(interaction) && interaction.followUps.length >= 5) throw refusals.tooManyFollowUps();
    const message = this.#say(interaction, form, uploads, (form.flags ?? 0) & MessageFlags.Ephemeral);
    interaction.followUps.push(message);
    return message;
  }

  /** The reply (`@original`) or a follow-up of an interaction; 10008 for any other message. */
  message(interaction: Interaction, id: string): MessageRecord {
    const own = [interaction.original, ...interaction.followUps];
    const found = id === "@original" ? interaction.original : own.find((each) => each?.id === id);
    if (found == null || found.deleted) throw refusals.unknownMessage();
    return found;
  }

  /** Everything ephemeral that a person sees. */
  ephemeral(userId: string): MessageRecord[] {
    return this.#messages.all.filter((each) => each.ephemeralFor === userId && !each.deleted);
  }

  #inGuild({ channel }: Interaction): boolean {
    return channel.guildId === null || this.#world.botIn(channel.guildId);
  }

  #say(
    interaction: Interaction,
    form: Parameters<Messages["create"]>[1],
    uploads: readonly Upload[],
    ephemeral: number,
    more: Partial<APIMessage> = {},
  ): MessageRecord {
    const { wire, source, channel, userId } = interaction;
    const answersCommand = wire.type === InteractionType.ApplicationCommand;
    const user = wire.member?.user ?? wire.user;
    const origin: Origin = {
      from: "webhook",
      ephemeralFor: ephemeral === 0 ? null : userId,
      fields: {
        type:
          answersCommand && interaction.followUps.length === 0 && interaction.original === null
            ? MessageType.ChatInputCommand
            : MessageType.Reply,
        webhook_id: this.#world.application.id,
        application_id: this.#world.application.id,
        ...(source === null
          ? {}
          : {
              message_reference: { channel_id: channel.id, message_id: source.id, type: MessageReferenceType.Default },
            }),
        interaction_metadata: {
          id: wire.id,
          type: wire.type,
          user,
          authorizing_integration_owners: wire.authorizing_integration_owners,
        } as NonNullable<APIMessage["interaction_metadata"]>,
        ...more,
      },
    };
    return this.#messages.create(channel, form, uploads, origin);
  }
}
