import { ApplicationFlags, PermissionFlagsBits as Permit } from "discord-api-types/v10";
import { World } from "./world.ts";
import type { ChannelRecord, GuildRecord, OverwriteRecord, RoleRecord } from "./world.ts";

/** The ids of the sample: a guild with its people and channels, another guild without the bot, and a DM. */
export const ids = {
  application: "100000000000000900",
  guild: "100000000000000700",
  otherGuild: "100000000000000710",
  /** Owner and administrator. */
  admin: "100000000000000500",
  /** Operators, who have the role `operator`. */
  alice: "100000000000000501",
  bob: "100000000000000502",
  /** A member without a role. */
  carol: "100000000000000503",
  /** Has installed the application for herself; only in the other guild. */
  dora: "100000000000000504",
  /** Another bot in the guild. */
  otherBot: "100000000000000901",
  operator: "100000000000000601",
  botRole: "100000000000000602",
  administrators: "100000000000000603",
  /** Everybody may read and write here. */
  ops: "100000000000000800",
  /** A second channel like it. */
  dev: "100000000000000801",
  /** Here the bot may look but not write. */
  readOnly: "100000000000000802",
  /** This the bot does not see. */
  hidden: "100000000000000803",
  otherChannel: "100000000000000810",
  /** The DM of alice and the bot. */
  dm: "100000000000000820",
} as const;

/** What the sample grants to everybody. */
const everyday =
  Permit.ViewChannel |
  Permit.SendMessages |
  Permit.SendMessagesInThreads |
  Permit.ReadMessageHistory |
  Permit.UseApplicationCommands |
  Permit.AddReactions;
/** What the bot was invited with. */
const invited =
  Permit.ViewChannel |
  Permit.SendMessages |
  Permit.SendMessagesInThreads |
  Permit.CreatePublicThreads |
  Permit.ReadMessageHistory |
  Permit.EmbedLinks |
  Permit.AttachFiles |
  Permit.PinMessages;

const joinedAt = "2026-01-05T08:00:00.000000+00:00";

function role(id: string, name: string, permissions: bigint, color = 0): RoleRecord {
  return { id, name, color, permissions, mentionable: false };
}

function guild(id: string, name: string, ownerId: string, roles: RoleRecord[], people: Record<string, string[]>) {
  const members = Object.entries(people).map(
    ([userId, held]) => [userId, { userId, roles: held, nick: null, joinedAt }] as const,
  );
  return { id, name, ownerId, roles, members: new Map(members) } satisfies GuildRecord;
}

function channel(id: string, guildId: string | null, name: string, more: Partial<ChannelRecord> = {}): ChannelRecord {
  return { id, guildId, parentId: null, name, topic: null, overwrites: [], thread: null, recipients: [], ...more };
}

const denied = (id: string, kind: OverwriteRecord["kind"], deny: bigint): OverwriteRecord => ({
  id,
  kind,
  allow: 0n,
  deny,
});

/** A fresh world with the `ids` above. The application has no privileged intent. */
export function sampleWorld(): World {
  const world = new World({
    id: ids.application,
    name: "nonet",
    flags: ApplicationFlags.ApplicationCommandBadge,
    installedBy: new Set([ids.dora]),
  });
  const people = { admin: ids.admin, alice: ids.alice, bob: ids.bob, carol: ids.carol, dora: ids.dora };
  for (const [name, id] of Object.entries(people)) world.users.set(id, { id, name, bot: false });
  world.users.set(ids.application, { id: ids.application, name: "nonet", bot: true });
  world.users.set(ids.otherBot, { id: ids.otherBot, name: "other-bot", bot: true });
  const home = guild(
    ids.guild,
    "Example Hosting",
    ids.admin,
    [
      role(ids.guild, "@everyone", everyday),
      role(ids.operator, "operator", 0n, 0x3498db),
      role(ids.botRole, "nonet", invited),
      role(ids.administrators, "administrators", Permit.Administrator, 0xe74c3c),
    ],
    {
      [ids.admin]: [ids.administrators],
      [ids.alice]: [ids.operator],
      [ids.bob]: [ids.operator],
      [ids.carol]: [],
      [ids.application]: [ids.botRole],
      [ids.otherBot]: [],
    },
  );
  const other = guild(ids.otherGuild, "Somewhere Else", ids.dora, [role(ids.otherGuild, "@everyone", everyday)], {
    [ids.dora]: [],
    [ids.alice]: [],
  });
  for (const each of [home, other]) world.guilds.set(each.id, each);
  for (const each of [
    channel(ids.ops, ids.guild, "ops", { topic: "Where the clusters are run from" }),
    channel(ids.dev, ids.guild, "dev"),
    channel(ids.readOnly, ids.guild, "announcements", {
      overwrites: [denied(ids.botRole, "role", Permit.SendMessages | Permit.SendMessagesInThreads)],
    }),
    channel(ids.hidden, ids.guild, "private", {
      overwrites: [denied(ids.application, "member", Permit.ViewChannel)],
    }),
    channel(ids.otherChannel, ids.otherGuild, "general"),
    channel(ids.dm, null, "", { recipients: [ids.alice, ids.application] }),
  ])
    world.channels.set(each.id, each);
  return world;
}
