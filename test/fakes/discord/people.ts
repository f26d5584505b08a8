import { ButtonStyle, ComponentType, InteractionType, PermissionFlagsBits as Permit } from "discord-api-types/v10";
import type { APIInteraction } from "discord-api-types/v10";
import { commandData } from "./command-use.ts";
import type { OptionValues } from "./command-use.ts";
import type { CommandRecord } from "./commands.ts";
import type { Hub } from "./hub.ts";
import { Interaction } from "./interactions.ts";
import type { Choice } from "./interactions.ts";
import { walk } from "./message-form.ts";
import type { MessageRecord } from "./messages.ts";
import { modalData } from "./modal-use.ts";
import type { ModalValues } from "./modal-use.ts";
import { channelPermissions, guildPermissions } from "./permissions.ts";
import { ClientRefusal } from "./refusal.ts";
import type { Setting } from "./setting.ts";
import type { Snowflakes } from "./snowflakes.ts";
import { actingMemberView, channelView, userView } from "./views.ts";

/** What the people need beside the world. */
export interface PeopleOptions {
  readonly setting: Setting;
  readonly snowflakes: Snowflakes;
  readonly hub: Hub;
}

/** An interaction before Discord has given it its ids. */
export interface Draft {
  readonly userId: string;
  readonly channelId: string;
  readonly type: InteractionType;
  readonly data: Readonly<Record<string, unknown>>;
  readonly source?: MessageRecord | null;
}

/**
 * Sends an interaction to the bot as Discord would; `changes` replaces fields of it for what no client sends
 * (undefined takes a field away).
 */
export function sendInteraction(
  { setting, snowflakes, hub }: PeopleOptions,
  draft: Draft,
  changes: Readonly<Record<string, unknown>> = {},
): Interaction {
  const { world, interactions, gateway, now } = setting;
  const channel = world.channel(draft.channelId);
  const { guildId } = channel;
  const source = draft.source ?? null;
  const installed = world.application.installedBy.has(draft.userId);
  const inGuild = world.botIn(guildId);
  const owners = {
    ...(guildId === null ? { 0: "0" } : inGuild ? { 0: guildId } : {}),
    ...(installed ? { 1: draft.userId } : {}),
  };
  const who =
    guildId === null || world.guild(guildId).members.get(draft.userId) === undefined
      ? { user: userView(world.user(draft.userId)) }
      : { member: actingMemberView(world, channel, draft.userId) };
  const wire = {
    id: snowflakes.next(),
    application_id: world.application.id,
    type: draft.type,
    data: draft.data,
    ...(guildId === null
      ? {}
      : { guild_id: guildId, guild: { id: guildId, locale: "en-US", features: [] }, guild_locale: "en-US" }),
    channel: channelView(world, channel),
    channel_id: channel.id,
    ...who,
    token: `token-${snowflakes.next()}`,
    version: 1,
    ...(source === null ? {} : { message: source.wire }),
    app_permissions: String(channelPermissions(world, channel, world.application.id)),
    locale: "en-US",
    entitlements: [],
    authorizing_integration_owners: owners,
    context: guildId === null ? 1 : 0,
    attachment_size_limit: 10_485_760,
    ...changes,
  };
  const sent = Object.fromEntries(Object.entries(wire).filter(([, value]) => value !== undefined));
  const told = structuredClone(sent) as unknown as APIInteraction;
  const interaction = new Interaction(told, { channel, userId: draft.userId, source }, now);
  interactions.all.push(interaction);
  gateway.dispatch("INTERACTION_CREATE", told, guildId);
  hub.changed();
  return interaction;
}

/** Somebody in a channel: does what Discord's client lets a person do; anything else is a `ClientRefusal`. */
export class Person {
  readonly #options: PeopleOptions;
  readonly #userId: string;
  readonly #channelId: string;

  constructor(options: PeopleOptions, userId: string, channelId: string) {
    this.#options = options;
    this.#userId = userId;
    this.#channelId = channelId;
  }

  /** Sends a slash command, such as `cluster build`. */
  types(command: string, values: OptionValues = {}): Interaction {
    const data = commandData(this.#place(), this.commands(), command, values);
    return this.#send(InteractionType.ApplicationCommand, data);
  }

  /** What the bot proposes while an option is being typed. Rejects when it proposes nothing within 3 s. */
  async completes(command: string, values: OptionValues, focused: string): Promise<readonly Choice[]> {
    const data = commandData(this.#place(), this.commands(), command, values, focused);
    const interaction = this.#send(InteractionType.ApplicationCommandAutocomplete, data);
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new ClientRefusal("loading options failed")), 3000);
    await Promise.race([this.#options.hub.until(() => interaction.choices !== null), promise]);
    clearTimeout(timer);
    return interaction.choices ?? [];
  }

  /** Clicks a button, by its custom id or what stands on it. */
  clicks(message: MessageRecord, customIdOrLabel: string): Interaction {
    const button = this.#component(message, customIdOrLabel);
    if (button["type"] !== ComponentType.Button) throw new ClientRefusal(`${customIdOrLabel} is no button`);
    if (button["style"] === ButtonStyle.Link) throw new ClientRefusal(`${customIdOrLabel} is a link`);
    return this.#use(message, button, {});
  }

  /** Chooses values of a select. */
  selects(message: MessageRecord, customId: string, values: readonly string[]): Interaction {
    const select = this.#component(message, customId);
    const options = select["options"] as { value: string }[] | undefined;
    if (options !== undefined && values.some((value) => options.every((option) => option.value !== value)))
      throw new ClientRefusal(`${customId} has no such option`);
    if (values.length > Number(select["max_values"] ?? 1) || values.length < Number(select["min_values"] ?? 1))
      throw new ClientRefusal(`${customId} has too few or too many values`);
    return this.#use(message, select, { values });
  }

  /** Sends the modal off that an interaction has opened for this person. */
  submits(opener: Interaction, values: ModalValues): Interaction {
    const { modal } = opener;
    if (modal === null || opener.userId !== this.#userId) throw new ClientRefusal("no modal is open");
    const data = modalData(modal, values);
    opener.modal = null;
    return this.#send(InteractionType.ModalSubmit, data, opener.source);
  }

  /** The messages this person sees here, oldest first. */
  sees(): MessageRecord[] {
    this.#look();
    return this.#options.setting.messages
      .in(this.#channelId)
      .filter(({ ephemeralFor }) => ephemeralFor === null || ephemeralFor === this.#userId);
  }

  /** The commands this person is offered here. */
  commands(): readonly CommandRecord[] {
    const { world, commands } = this.#options.setting;
    const { channel } = this.#place();
    if (channel.guildId === null || !world.botIn(channel.guildId)) return [];
    const mine = guildPermissions(world.guild(channel.guildId), this.#userId);
    if ((channelPermissions(world, channel, this.#userId) & Permit.UseApplicationCommands) === 0n) return [];
    return commands.of(channel.guildId).filter(({ default_member_permissions: needed }) => {
      if (needed == null || (mine & Permit.Administrator) !== 0n) return true;
      return BigInt(needed) !== 0n && (mine & BigInt(needed)) === BigInt(needed);
    });
  }

  #place() {
    this.#look();
    const { world } = this.#options.setting;
    return { world, channel: world.channel(this.#channelId) };
  }

  #look(): void {
    const { world } = this.#options.setting;
    if (world.user(this.#userId).bot) throw new ClientRefusal("a bot has no client");
    const bits = channelPermissions(world, world.channel(this.#channelId), this.#userId);
    if ((bits & Permit.ViewChannel) === 0n) throw new ClientRefusal("the channel is not to be seen");
  }

  #component(message: MessageRecord, key: string): Record<string, unknown> {
    if (!this.sees().includes(message)) throw new ClientRefusal("the message is not to be seen");
    const found = [...walk(message.wire.components ?? [])]
      .map(({ component }) => component)
      .filter((component) => component["custom_id"] === key || component["label"] === key);
    const [component, another] = found;
    if (component === undefined) throw new ClientRefusal(`nothing is called ${key}`);
    if (another !== undefined) throw new ClientRefusal(`more than one thing is called ${key}`);
    if (component["disabled"] === true) throw new ClientRefusal(`${key} is disabled`);
    return component;
  }

  #use(message: MessageRecord, component: Record<string, unknown>, more: Record<string, unknown>): Interaction {
    const { type, custom_id, id } = component;
    return this.#send(InteractionType.MessageComponent, { component_type: type, custom_id, id, ...more }, message);
  }

  #send(type: InteractionType, data: Record<string, unknown>, source: MessageRecord | null = null): Interaction {
    return sendInteraction(this.#options, { userId: this.#userId, channelId: this.#channelId, type, data, source });
  }
}
