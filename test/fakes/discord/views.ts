import {
  ChannelType,
  GuildDefaultMessageNotifications,
  GuildExplicitContentFilter,
  GuildMFALevel,
  GuildNSFWLevel,
  GuildPremiumTier,
  GuildVerificationLevel,
  Locale,
  OverwriteType,
} from "discord-api-types/v10";
import type {
  APIChannel,
  APIGuild,
  APIGuildMember,
  APIInteractionGuildMember,
  APIRole,
  APITextChannel,
  APIThreadChannel,
  APIUser,
  GatewayGuildCreateDispatchData,
} from "discord-api-types/v10";
import { channelPermissions } from "./permissions.ts";
import type { ChannelRecord, GuildRecord, RoleRecord, UserRecord, World } from "./world.ts";

/** No bit of any bit field; the enums of the types have no word for it. */
const noFlags = 0 as never;

/** A user as Discord tells of it; the display name is the name with a capital. */
export function userView({ id, name, bot }: UserRecord): APIUser {
  const shown = name.slice(0, 1).toUpperCase() + name.slice(1);
  const common = {
    id,
    username: name,
    primary_guild: null,
    discriminator: "0",
    avatar: null,
    public_flags: noFlags,
    flags: noFlags,
  };
  return bot ? { ...common, global_name: null, bot: true } : { ...common, global_name: shown };
}

export function roleView(role: RoleRecord, position: number): APIRole {
  return {
    id: role.id,
    name: role.name,
    color: role.color,
    colors: { primary_color: role.color, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position,
    permissions: String(role.permissions),
    managed: false,
    mentionable: role.mentionable,
    flags: noFlags,
  };
}

export function memberView(world: World, guild: GuildRecord, userId: string): APIGuildMember {
  const member = guild.members.get(userId);
  if (member === undefined) throw new Error(`user ${userId} is not in guild ${guild.id}`);
  return {
    user: userView(world.user(userId)),
    nick: member.nick,
    avatar: null,
    banner: null,
    roles: [...member.roles],
    joined_at: member.joinedAt,
    premium_since: null,
    communication_disabled_until: null,
    deaf: false,
    mute: false,
    pending: false,
    flags: noFlags,
  };
}

/** A member as an interaction has it: with what it may do in the channel. */
export function actingMemberView(world: World, channel: ChannelRecord, userId: string): APIInteractionGuildMember {
  const guild = world.guild(channel.guildId ?? "");
  const permissions = String(channelPermissions(world, channel, userId));
  return { ...memberView(world, guild, userId), user: userView(world.user(userId)), permissions };
}

function overwritesView({ overwrites }: ChannelRecord): APITextChannel["permission_overwrites"] {
  return overwrites.map(({ id, kind, allow, deny }) => ({
    id,
    type: kind === "role" ? OverwriteType.Role : OverwriteType.Member,
    allow: String(allow),
    deny: String(deny),
  }));
}

export function channelView(world: World, channel: ChannelRecord): APIChannel {
  const { id, guildId, name } = channel;
  if (guildId === null) {
    const recipients = channel.recipients
      .filter((each) => each !== world.application.id)
      .map((each) => userView(world.user(each)));
    return { id, type: ChannelType.DM, last_message_id: null, flags: noFlags, name: null, recipients };
  }
  if (channel.thread !== null) return threadView(channel);
  return {
    id,
    type: ChannelType.GuildText,
    guild_id: guildId,
    name,
    topic: channel.topic,
    position: 0,
    parent_id: null,
    nsfw: false,
    last_message_id: null,
    rate_limit_per_user: 0,
    flags: noFlags,
    permission_overwrites: overwritesView(channel) ?? [],
  };
}

export function threadView({ id, guildId, parentId, name, thread }: ChannelRecord): APIThreadChannel {
  if (thread === null || guildId === null || parentId === null) throw new Error(`${id} is no thread`);
  return {
    id,
    type: ChannelType.PublicThread,
    guild_id: guildId,
    parent_id: parentId,
    owner_id: thread.ownerId,
    name,
    last_message_id: null,
    rate_limit_per_user: 0,
    flags: noFlags,
    message_count: 0,
    total_message_sent: 0,
    member_count: 1,
    thread_metadata: {
      archived: thread.archived,
      locked: thread.locked,
      auto_archive_duration: thread.autoArchiveMinutes,
      archive_timestamp: thread.createdAt,
      create_timestamp: thread.createdAt,
    },
    applied_tags: [],
  };
}

export function guildView(guild: GuildRecord): APIGuild {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    splash: null,
    discovery_splash: null,
    owner_id: guild.ownerId,
    region: "",
    afk_channel_id: null,
    afk_timeout: 300,
    verification_level: GuildVerificationLevel.None,
    default_message_notifications: GuildDefaultMessageNotifications.AllMessages,
    explicit_content_filter: GuildExplicitContentFilter.Disabled,
    roles: guild.roles.map(roleView),
    emojis: [],
    features: [],
    mfa_level: GuildMFALevel.None,
    application_id: null,
    system_channel_id: null,
    system_channel_flags: noFlags,
    rules_channel_id: null,
    vanity_url_code: null,
    description: null,
    banner: null,
    premium_tier: GuildPremiumTier.None,
    preferred_locale: Locale.EnglishUS,
    public_updates_channel_id: null,
    nsfw_level: GuildNSFWLevel.Default,
    premium_progress_bar_enabled: false,
    safety_alerts_channel_id: null,
    stickers: [],
    hub_type: null,
    widget_enabled: false,
    widget_channel_id: null,
    max_members: 500_000,
    max_presences: null,
    max_video_channel_users: 25,
    max_stage_video_channel_users: 50,
    premium_subscription_count: 0,
    incidents_data: null,
  };
}

/** What GUILD_CREATE tells the bot: the channels that it sees, and of the members only itself. */
export function guildCreateView(world: World, guild: GuildRecord): GatewayGuildCreateDispatchData {
  const me = world.application.id;
  const seen = [...world.channels.values()].filter(
    (channel) => channel.guildId === guild.id && channelPermissions(world, channel, me) !== 0n,
  );
  const threads = seen.filter(({ thread }) => thread !== null && !thread.archived);
  return {
    ...guildView(guild),
    joined_at: guild.members.get(me)?.joinedAt ?? "",
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    voice_states: [],
    members: [memberView(world, guild, me)],
    channels: seen
      .filter(({ thread }) => thread === null)
      .map((channel) => channelView(world, channel) as APITextChannel),
    threads: threads.map(threadView),
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}
