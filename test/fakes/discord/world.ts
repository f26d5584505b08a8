import type { ApplicationFlags, ThreadAutoArchiveDuration } from "discord-api-types/v10";
import { refusals } from "./errors.ts";

/** A person or a bot. */
export interface UserRecord {
  readonly id: string;
  readonly name: string;
  readonly bot: boolean;
}

export interface RoleRecord {
  readonly id: string;
  name: string;
  color: number;
  permissions: bigint;
  mentionable: boolean;
}

interface MemberRecord {
  readonly userId: string;
  /** Ids of roles, without `@everyone`. */
  roles: string[];
  nick: string | null;
  readonly joinedAt: string;
}

/** What a channel changes of the permissions of a role or a member. */
export interface OverwriteRecord {
  readonly id: string;
  readonly kind: "role" | "member";
  allow: bigint;
  deny: bigint;
}

export interface GuildRecord {
  readonly id: string;
  name: string;
  ownerId: string;
  /** The one with the id of the guild is `@everyone`. */
  readonly roles: RoleRecord[];
  readonly members: Map<string, MemberRecord>;
}

/** What a thread has beyond a channel. */
interface ThreadRecord {
  archived: boolean;
  locked: boolean;
  readonly autoArchiveMinutes: ThreadAutoArchiveDuration;
  readonly ownerId: string;
  readonly createdAt: string;
}

/** A text channel, a thread (with a parent) or a DM (without a guild). */
export interface ChannelRecord {
  readonly id: string;
  readonly guildId: string | null;
  readonly parentId: string | null;
  name: string;
  topic: string | null;
  overwrites: OverwriteRecord[];
  readonly thread: ThreadRecord | null;
  /** Who talks here; of a DM only. */
  readonly recipients: readonly string[];
}

/** The bot's application. */
export interface ApplicationRecord {
  readonly id: string;
  readonly name: string;
  /** Of the `ApplicationFlags`: here stands which privileged intents it may ask for. */
  flags: ApplicationFlags;
  /** Users that installed it for themselves. */
  readonly installedBy: Set<string>;
}

/** The guilds, people and channels of this Discord. What is not there is refused as Discord refuses it. */
export class World {
  readonly application: ApplicationRecord;
  readonly users = new Map<string, UserRecord>();
  readonly guilds = new Map<string, GuildRecord>();
  readonly channels = new Map<string, ChannelRecord>();

  constructor(application: ApplicationRecord) {
    this.application = application;
  }

  user(id: string): UserRecord {
    const user = this.users.get(id);
    if (user === undefined) throw new Error(`no user ${id} in this Discord`);
    return user;
  }

  guild(id: string): GuildRecord {
    const guild = this.guilds.get(id);
    if (guild === undefined) throw refusals.unknownGuild();
    return guild;
  }

  channel(id: string): ChannelRecord {
    const channel = this.channels.get(id);
    if (channel === undefined) throw refusals.unknownChannel();
    return channel;
  }

  /** The guild, if the bot is in it; "Missing Access" otherwise. */
  guildOfBot(id: string): GuildRecord {
    const guild = this.guild(id);
    if (!guild.members.has(this.application.id)) throw refusals.missingAccess();
    return guild;
  }

  /** Is the bot in this guild? */
  botIn(guildId: string | null): boolean {
    return guildId !== null && this.guilds.get(guildId)?.members.has(this.application.id) === true;
  }
}
