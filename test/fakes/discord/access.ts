import { PermissionFlagsBits as Permit } from "discord-api-types/v10";
import { refusals } from "./errors.ts";
import { channelPermissions } from "./permissions.ts";
import type { ChannelRecord, World } from "./world.ts";

/** Finds a channel for the bot: 10003 where there is none, 50001 where it does not see it, 50013 without a permission. */
export function channelFor(world: World, id: string, ...needed: readonly bigint[]): ChannelRecord {
  const channel = world.channel(id);
  const bits = channelPermissions(world, channel, world.application.id);
  if ((bits & Permit.ViewChannel) === 0n) throw refusals.missingAccess();
  if (needed.some((bit) => (bits & bit) === 0n)) throw refusals.missingPermissions();
  return channel;
}

/** May the bot manage the threads of this channel? */
export function managesThreads(world: World, channel: ChannelRecord): boolean {
  return (channelPermissions(world, channel, world.application.id) & Permit.ManageThreads) !== 0n;
}
