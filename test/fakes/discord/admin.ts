import type { Hub } from "./hub.ts";
import { channelPermissions } from "./permissions.ts";
import type { Setting } from "./setting.ts";
import { channelView, guildCreateView, memberView } from "./views.ts";
import type { OverwriteRecord } from "./world.ts";

/** What the administrators of the guild do to the bot and the others; the bot hears of it as it really would. */
export class Admin {
  readonly #setting: Setting;
  readonly #hub: Hub;

  constructor(setting: Setting, hub: Hub) {
    this.#setting = setting;
    this.#hub = hub;
  }

  /** Removes the bot from a guild. */
  kickBot(guildId: string): void {
    const { world, gateway } = this.#setting;
    world.guild(guildId).members.delete(world.application.id);
    gateway.dispatch("GUILD_DELETE", { id: guildId }, guildId);
    this.#hub.changed();
  }

  /** Invites the bot to a guild, with roles. */
  inviteBot(guildId: string, roles: string[]): void {
    const { world, gateway, now } = this.#setting;
    const userId = world.application.id;
    const joinedAt = new Date(now()).toISOString();
    const guild = world.guild(guildId);
    guild.members.set(userId, { userId, roles, nick: null, joinedAt });
    gateway.dispatch("GUILD_CREATE", guildCreateView(world, guild), guildId);
    this.#hub.changed();
  }

  /** Removes a person from a guild. */
  kick(guildId: string, userId: string): void {
    this.#setting.world.guild(guildId).members.delete(userId);
    this.#hub.changed();
  }

  /** Gives a member other roles. */
  giveRoles(guildId: string, userId: string, roles: readonly string[]): void {
    const { world, gateway } = this.#setting;
    const guild = world.guild(guildId);
    const member = guild.members.get(userId);
    if (member === undefined) throw new Error(`user ${userId} is not in guild ${guildId}`);
    member.roles = [...roles];
    gateway.dispatch("GUILD_MEMBER_UPDATE", { guild_id: guildId, ...memberView(world, guild, userId) }, guildId);
    this.#hub.changed();
  }

  /** Replaces what a channel changes of permissions; a channel that the bot sees no more is gone for it. */
  overwrite(channelId: string, overwrites: readonly OverwriteRecord[]): void {
    const { world, gateway } = this.#setting;
    const channel = world.channel(channelId);
    channel.overwrites = [...overwrites];
    const seen = channelPermissions(world, channel, world.application.id) !== 0n;
    gateway.dispatch(seen ? "CHANNEL_UPDATE" : "CHANNEL_DELETE", channelView(world, channel), channel.guildId);
    this.#hub.changed();
  }

  /** Deletes a channel with its threads. */
  deleteChannel(channelId: string): void {
    const { world, gateway } = this.#setting;
    const channel = world.channel(channelId);
    const view = channelView(world, channel);
    for (const each of [...world.channels.values()])
      if (each.id === channelId || each.parentId === channelId) world.channels.delete(each.id);
    gateway.dispatch("CHANNEL_DELETE", view, channel.guildId);
    this.#hub.changed();
  }

  /** Deletes a message as a moderator does. */
  deleteMessage(channelId: string, messageId: string): void {
    const { messages } = this.#setting;
    messages.remove(messages.public(channelId, messageId));
    this.#hub.changed();
  }

  /** Archives or locks a thread. */
  closeThread(threadId: string, how: { readonly archived?: boolean; readonly locked?: boolean }): void {
    const { world, gateway } = this.#setting;
    const channel = world.channel(threadId);
    if (channel.thread === null) throw new Error(`${threadId} is no thread`);
    Object.assign(channel.thread, how);
    gateway.dispatch("THREAD_UPDATE", channelView(world, channel), channel.guildId);
    this.#hub.changed();
  }
}
