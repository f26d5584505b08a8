import { z } from "zod";

/** What the bot needs in a channel, in Discord's words, and nothing more. */
const needed: Readonly<Record<string, bigint>> = {
  "View Channel": 1n << 10n,
  "Send Messages": 1n << 11n,
  "Embed Links": 1n << 14n,
  "Attach Files": 1n << 15n,
  "Read Message History": 1n << 16n,
  "Create Public Threads": 1n << 35n,
  "Send Messages in Threads": 1n << 38n,
};

const administrator = 1n << 3n;

const Bits = z.string().regex(/^\d+$/).transform(BigInt);

/** The parts of a server that say who may do what. */
export const Guild = z.object({
  id: z.string(),
  name: z.string(),
  owner_id: z.string(),
  roles: z.array(z.object({ id: z.string(), permissions: Bits })),
});

export const Member = z.object({ user: z.object({ id: z.string() }), roles: z.array(z.string()) });

export const Channel = z.object({
  id: z.string(),
  guild_id: z.string().optional(),
  permission_overwrites: z.array(z.object({ id: z.string(), allow: Bits, deny: Bits })).default([]),
});

/** What a member may do in a channel: by the roles, then by what the channel changes for everybody, roles and member. */
export function permissionsIn(
  guild: z.infer<typeof Guild>,
  { user, roles }: z.infer<typeof Member>,
  channel: z.infer<typeof Channel>,
): bigint {
  const mine = new Set([guild.id, ...roles]);
  const base = union(guild.roles.filter(({ id }) => mine.has(id)).map(({ permissions }) => permissions));
  if (guild.owner_id === user.id || (base & administrator) !== 0n) return ~0n;
  const overwrites = channel.permission_overwrites;
  const steps = [
    overwrites.filter(({ id }) => id === guild.id),
    overwrites.filter(({ id }) => id !== guild.id && mine.has(id)),
    overwrites.filter(({ id }) => id === user.id),
  ];
  return steps.reduce(
    (bits, step) => (bits & ~union(step.map(({ deny }) => deny))) | union(step.map(({ allow }) => allow)),
    base,
  );
}

/** What is missing of what is needed, in Discord's words. */
export const lacking = (bits: bigint): string[] =>
  Object.entries(needed).flatMap(([name, bit]) => ((bits & bit) === 0n ? [name] : []));

/** Where an administrator of the server adds the bot to it, with what it needs and nothing more. */
export function inviteUrl(application: string): string {
  const query = new URLSearchParams({
    client_id: application,
    scope: "bot applications.commands",
    permissions: String(union(Object.values(needed))),
    integration_type: "0",
  });
  return `https://discord.com/oauth2/authorize?${query.toString()}`;
}

const union = (all: readonly bigint[]): bigint => all.reduce((bits, bit) => bits | bit, 0n);
