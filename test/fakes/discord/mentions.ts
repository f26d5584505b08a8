import { ComponentType, PermissionFlagsBits } from "discord-api-types/v10";
import { walk } from "./message-form.ts";
import type { MessageForm } from "./message-form.ts";
import { channelPermissions } from "./permissions.ts";
import type { ChannelRecord, World } from "./world.ts";

/** Whose telephone a message makes ring. */
export interface Pings {
  readonly everyone: boolean;
  /** Ids. */
  readonly roles: readonly string[];
  readonly users: readonly string[];
}

export const noPings: Pings = { everyone: false, roles: [], users: [] };

/** All that a person reads in a message: the content and the text of its components. */
export function textOf(message: { content?: string | null | undefined; components?: unknown }): string {
  const texts = [...walk(message.components ?? [])].flatMap(({ component }) =>
    component["type"] === ComponentType.TextDisplay ? [String(component["content"])] : [],
  );
  return [message.content ?? "", ...texts].filter((part) => part !== "").join("\n");
}

/**
 * Whom a message pings. A bot's message that does not say pings all it mentions; a reply to an interaction only users.
 * `@everyone` and roles that are not mentionable need MENTION_EVERYONE in the channel.
 */
export function pingsOf(world: World, channel: ChannelRecord, form: MessageForm, from: "bot" | "webhook"): Pings {
  const text = textOf(form);
  const allowed = form.allowed_mentions;
  const parse = allowed == null ? (from === "bot" ? ["everyone", "roles", "users"] : ["users"]) : (allowed.parse ?? []);
  const found = (pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ""))];
  const may = (channelPermissions(world, channel, world.application.id) & PermissionFlagsBits.MentionEveryone) !== 0n;
  const guild = channel.guildId === null ? undefined : world.guilds.get(channel.guildId);
  const roles = found(/<@&(\d+)>/g).filter((id) => {
    const role = guild?.roles.find((each) => each.id === id);
    return role !== undefined && (may || role.mentionable);
  });
  const users = found(/<@!?(\d+)>/g).filter((id) => world.users.has(id));
  return {
    everyone: may && parse.includes("everyone") && /@(?:everyone|here)\b/.test(text),
    roles: roles.filter((id) => parse.includes("roles") || allowed?.roles?.includes(id) === true),
    users: users.filter((id) => parse.includes("users") || allowed?.users?.includes(id) === true),
  };
}
