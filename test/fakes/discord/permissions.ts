import { PermissionFlagsBits } from "discord-api-types/v10";
import type { ChannelRecord, GuildRecord, World } from "./world.ts";

/** Every permission there is. */
const allPermissions = Object.values(PermissionFlagsBits).reduce((all, bit) => all | bit, 0n);

/** Gone as soon as one may not send messages. */
const needsSending =
  PermissionFlagsBits.MentionEveryone |
  PermissionFlagsBits.SendTTSMessages |
  PermissionFlagsBits.AttachFiles |
  PermissionFlagsBits.EmbedLinks;

/** What a member may do in the guild, before the channels have their say. Nothing for who is no member. */
export function guildPermissions(guild: GuildRecord, userId: string): bigint {
  const member = guild.members.get(userId);
  if (member === undefined) return 0n;
  if (guild.ownerId === userId) return allPermissions;
  const held = guild.roles.filter(({ id }) => id === guild.id || member.roles.includes(id));
  const bits = held.reduce((sum, role) => sum | role.permissions, 0n);
  return (bits & PermissionFlagsBits.Administrator) === 0n ? bits : allPermissions;
}

/**
 * What somebody may do in a channel, computed as Discord documents it: roles, then overwrites for everyone, for the
 * roles together, for the member. A thread has the overwrites of its parent; in a DM its people may do what a chat needs.
 */
export function channelPermissions(world: World, channel: ChannelRecord, userId: string): bigint {
  if (channel.guildId === null)
    return channel.recipients.includes(userId) ? allPermissions & ~PermissionFlagsBits.Administrator : 0n;
  const guild = world.guild(channel.guildId);
  let bits = guildPermissions(guild, userId);
  if (bits === allPermissions || bits === 0n) return bits;
  const roles = guild.members.get(userId)?.roles ?? [];
  const { overwrites } = channel.parentId === null ? channel : world.channel(channel.parentId);
  const about = (ids: readonly string[]) => overwrites.filter(({ id }) => ids.includes(id));
  for (const group of [about([guild.id]), about(roles), about([userId])]) {
    bits &= ~group.reduce((sum, { deny }) => sum | deny, 0n);
    bits |= group.reduce((sum, { allow }) => sum | allow, 0n);
  }
  if ((bits & PermissionFlagsBits.ViewChannel) === 0n) return 0n;
  const sends = channel.thread === null ? PermissionFlagsBits.SendMessages : PermissionFlagsBits.SendMessagesInThreads;
  return (bits & sends) === 0n ? bits & ~needsSending : bits;
}
