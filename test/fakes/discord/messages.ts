import { EmbedType, MessageFlags, MessageType } from "discord-api-types/v10";
import type { APIAttachment, APIEmbed, APIMessage } from "discord-api-types/v10";
import { componentsView } from "./components-view.ts";
import { refusals } from "./errors.ts";
import { noPings, pingsOf, textOf } from "./mentions.ts";
import type { Pings } from "./mentions.ts";
import type { Before, MessageForm } from "./message-form.ts";
import type { Snowflakes } from "./snowflakes.ts";
import { userView } from "./views.ts";
import type { ChannelRecord, World } from "./world.ts";

/** A file that came with a request. */
export interface Upload {
  /** The n of `files[n]`. */
  readonly index: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** A message and what nobody but a test sees of it. */
export class MessageRecord {
  /** As the API tells it now. */
  wire: APIMessage;
  /** The only one who sees it; null for everybody. */
  readonly ephemeralFor: string | null;
  /** Whom it pinged when it came; edits ping nobody. */
  readonly pings: Pings;
  /** Every earlier state, oldest first. */
  readonly history: APIMessage[] = [];
  /** By the id of the attachment. */
  readonly files = new Map<string, Upload>();
  deleted = false;

  constructor(wire: APIMessage, ephemeralFor: string | null, pings: Pings) {
    this.wire = wire;
    this.ephemeralFor = ephemeralFor;
    this.pings = pings;
  }

  get id(): string {
    return this.wire.id;
  }

  get channelId(): string {
    return this.wire.channel_id;
  }

  /** Content and all text of the components, one below the other. */
  get text(): string {
    return textOf(this.wire);
  }

  /** Is it still "thinking…"? */
  get loading(): boolean {
    return ((this.wire.flags ?? 0) & MessageFlags.Loading) !== 0;
  }

  /** What an edit has to reckon with. */
  get before(): Before {
    const { flags, content, embeds, components, attachments } = this.wire;
    return {
      flags: flags ?? 0,
      content,
      embeds: embeds.length,
      components: components?.length ?? 0,
      files: attachments.map(({ filename }) => filename),
    };
  }
}

/** How a message comes to be; without an interaction it is the bot's own. */
export interface Origin {
  readonly from: "bot" | "webhook";
  readonly ephemeralFor?: string | null;
  /** Fields that the message has because of where it comes from. */
  readonly fields?: Partial<APIMessage>;
}

const settable = MessageFlags.SuppressEmbeds | MessageFlags.SuppressNotifications | MessageFlags.IsComponentsV2;

/** Bit fields of a message: what there was, without some, with others. */
export function withFlags(flags: number | undefined, add: number, remove = 0): MessageFlags {
  const bits: unknown = ((flags ?? 0) & ~remove) | add;
  return bits as MessageFlags;
}

interface MessagesOptions {
  readonly world: World;
  readonly snowflakes: Snowflakes;
  readonly now: () => number;
  /** Where attachments are served: `http://…/attachments`. */
  readonly filesUrl: () => string;
  readonly wrong: (line: string) => void;
  /** Called with what the gateway tells, but not for ephemeral messages. */
  readonly emit: (event: string, data: unknown, guildId: string | null) => void;
}

/** All messages. */
export class Messages {
  readonly #options: MessagesOptions;
  readonly #all = new Map<string, MessageRecord>();

  constructor(options: MessagesOptions) {
    this.#options = options;
  }

  /** Those that are there, oldest first; ephemeral ones too. */
  in(channelId: string): MessageRecord[] {
    return [...this.#all.values()].filter((each) => each.channelId === channelId && !each.deleted);
  }

  get all(): MessageRecord[] {
    return [...this.#all.values()];
  }

  /** A message that everybody sees; 10008 for any other. */
  public(channelId: string, id: string): MessageRecord {
    const message = this.#all.get(id);
    if (message === undefined || message.deleted || message.channelId !== channelId || message.ephemeralFor !== null)
      throw refusals.unknownMessage();
    return message;
  }

  /** A message by its id, ephemeral ones too. */
  find(id: string): MessageRecord | undefined {
    const message = this.#all.get(id);
    return message?.deleted === true ? undefined : message;
  }

  create(channel: ChannelRecord, form: MessageForm, uploads: readonly Upload[], origin: Origin): MessageRecord {
    const { world, snowflakes, now } = this.#options;
    const ephemeralFor = origin.ephemeralFor ?? null;
    const pings = ephemeralFor === null ? pingsOf(world, channel, form, origin.from) : noPings;
    const wire: APIMessage = {
      id: snowflakes.next(),
      channel_id: channel.id,
      author: userView(world.user(world.application.id)),
      content: "",
      timestamp: new Date(now()).toISOString(),
      edited_timestamp: null,
      tts: false,
      mention_everyone: pings.everyone,
      mentions: pings.users.map((id) => userView(world.user(id))),
      mention_roles: [...pings.roles],
      attachments: [],
      embeds: [],
      components: [],
      pinned: false,
      type: MessageType.Default,
      ...(form.nonce == null ? {} : { nonce: form.nonce }),
      ...origin.fields,
      flags: withFlags(origin.fields?.flags, ephemeralFor === null ? 0 : MessageFlags.Ephemeral),
    };
    const message = new MessageRecord(wire, ephemeralFor, pings);
    this.#fill(message, form, uploads);
    this.#all.set(wire.id, message);
    this.#tell("MESSAGE_CREATE", message, channel.guildId);
    return message;
  }

  edit(message: MessageRecord, form: MessageForm, uploads: readonly Upload[]): void {
    const { now, world } = this.#options;
    message.history.push(message.wire);
    const wasLoading = message.loading;
    message.wire = { ...message.wire, flags: withFlags(message.wire.flags, 0, MessageFlags.Loading) };
    if (!wasLoading) message.wire.edited_timestamp = new Date(now()).toISOString();
    this.#fill(message, form, uploads);
    this.#tell("MESSAGE_UPDATE", message, world.channels.get(message.channelId)?.guildId ?? null);
  }

  remove(message: MessageRecord): void {
    message.deleted = true;
    const guildId = this.#options.world.channels.get(message.channelId)?.guildId ?? null;
    const { id, channelId } = message;
    const place = guildId === null ? {} : { guild_id: guildId };
    if (message.ephemeralFor === null)
      this.#options.emit("MESSAGE_DELETE", { id, channel_id: channelId, ...place }, guildId);
  }

  /** Changes something small, such as whether it is pinned or has a thread, and tells the gateway. */
  amend(message: MessageRecord, fields: Partial<APIMessage>): void {
    message.wire = { ...message.wire, ...fields };
    this.#tell("MESSAGE_UPDATE", message, this.#options.world.channels.get(message.channelId)?.guildId ?? null);
  }

  #fill(message: MessageRecord, form: MessageForm, uploads: readonly Upload[]): void {
    const { wire } = message;
    if (form.content !== undefined) wire.content = form.content ?? "";
    if (form.embeds !== undefined)
      wire.embeds = (form.embeds ?? []).map((embed) => ({ type: EmbedType.Rich, ...embed }) as APIEmbed);
    const had = wire.flags ?? 0;
    if (form.flags != null) {
      const ignored = form.flags & ~(settable | MessageFlags.Ephemeral | had);
      if (ignored !== 0) this.#options.wrong(`flags ${String(ignored)} are ignored in message ${wire.id}`);
      wire.flags = withFlags(had, form.flags & settable, settable);
    }
    this.#attach(message, form, uploads);
    if (form.components !== undefined) wire.components = this.#finish(message, form.components ?? []);
  }

  /** Attachments that an edit lists stay, those it does not list go, uploads come; without a list all stay. */
  #attach(message: MessageRecord, form: MessageForm, uploads: readonly Upload[]): void {
    const listed = form.attachments;
    const kept =
      listed === undefined
        ? message.wire.attachments
        : message.wire.attachments.filter(({ id }) => (listed ?? []).some((each) => each.id === id));
    const added = uploads.map((upload): APIAttachment => {
      const entry = listed?.find(({ id }) => id === upload.index);
      const id = this.#options.snowflakes.next();
      message.files.set(id, upload);
      const filename = entry?.filename ?? upload.name;
      const url = `${this.#options.filesUrl()}/${message.channelId}/${id}/${encodeURIComponent(filename)}`;
      const told = { id, filename, size: upload.bytes.length, url, proxy_url: url, content_type: upload.type };
      return entry?.description == null ? told : { ...told, description: entry.description };
    });
    message.wire.attachments = [...kept, ...added];
  }

  #finish(message: MessageRecord, components: readonly unknown[]): NonNullable<APIMessage["components"]> {
    const { attachments, flags } = message.wire;
    const { told, shown } = componentsView(components, attachments);
    const v2 = ((flags ?? 0) & MessageFlags.IsComponentsV2) !== 0;
    for (const { id, filename } of attachments)
      if (v2 && !shown.has(id)) this.#options.wrong(`no component of message ${message.id} shows the file ${filename}`);
    return told;
  }

  #tell(event: string, message: MessageRecord, guildId: string | null): void {
    if (message.ephemeralFor !== null) return;
    this.#options.emit(event, { ...message.wire, ...(guildId === null ? {} : { guild_id: guildId }) }, guildId);
  }
}
