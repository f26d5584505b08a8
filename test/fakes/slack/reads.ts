import { channelOf, readableChannel, type Call } from "./call.ts";
import { messageShape } from "./chat.ts";
import { strangerTeam, type FakeUser } from "./people.ts";
import { Refusal } from "./refusal.ts";
import type { Shape } from "./shape.ts";

export function authTest({ world, token, tokens }: Call): Shape {
  const { teamName, domain, teamId, botUserId, botId, appId, appName, enterpriseId } = world.population;
  const team = { url: `https://${domain}.slack.com/`, team: teamName, team_id: teamId };
  if (token === tokens.app) return { app_name: appName, app_id: appId };
  return {
    ...team,
    user: appName,
    user_id: botUserId,
    bot_id: botId,
    is_enterprise_install: false,
    ...(enterpriseId === null ? {} : { enterprise_id: enterpriseId }),
  };
}

export function teamsList({ world }: Call): Shape {
  const { teamId, teamName } = world.population;
  return { teams: [{ id: teamId, name: teamName }] };
}

export function openConnection({ openSocket }: Call): Shape {
  return { url: openSocket() };
}

function userShape(user: FakeUser, { world, tokens }: Call): Shape {
  const { id, name, realName, kind } = user;
  const teamId = kind === "stranger" ? strangerTeam : world.population.teamId;
  const email = tokens.hasScope("users:read.email") ? { email: `${name}@acme.example` } : {};
  const profile = { real_name: realName, display_name: name, ...email };
  if (kind === "deleted") return { id, team_id: teamId, name, deleted: true, is_bot: false, profile };
  return {
    id,
    team_id: teamId,
    name,
    real_name: realName,
    deleted: false,
    is_bot: kind === "bot",
    is_admin: kind === "admin",
    is_owner: false,
    is_restricted: kind === "guest" || kind === "single-channel guest",
    is_ultra_restricted: kind === "single-channel guest",
    is_app_user: false,
    ...(kind === "stranger" ? { is_stranger: true } : {}),
    tz: "Etc/UTC",
    profile,
  };
}

export function userInfo(call: Call): Shape {
  const user = call.world.users.get(call.args.need("user"));
  if (user === undefined) throw new Refusal("user_not_found");
  return { user: userShape(user, call) };
}

export function teamInfo({ world }: Call): Shape {
  const { teamId: id, teamName: name, domain, enterpriseId } = world.population;
  return { team: { id, name, domain, ...(enterpriseId === null ? {} : { enterprise_id: enterpriseId }) } };
}

export function botInfo({ world, args }: Call): Shape {
  const { botId, appId, appName, botUserId } = world.population;
  if ((args.text("bot") ?? botId) !== botId) throw new Refusal("bot_not_found");
  return { bot: { id: botId, deleted: false, name: appName, app_id: appId, user_id: botUserId, updated: 0 } };
}

export function conversationInfo(call: Call): Shape {
  const { id, name, kind, archived, members } = readableChannel(call, "read");
  const isMember = members.has(call.world.population.botUserId);
  const user = [...members].find((each) => each !== call.world.population.botUserId);
  if (kind === "im") return { channel: { id, is_im: true, is_archived: archived, user } };
  return {
    channel: {
      id,
      name,
      is_channel: kind !== "private",
      is_group: kind === "private",
      is_im: false,
      is_mpim: false,
      is_private: kind === "private",
      is_archived: archived,
      is_member: isMember,
      is_shared: kind === "shared",
      is_ext_shared: kind === "shared",
      is_org_shared: false,
      context_team_id: call.world.population.teamId,
    },
  };
}

/** One page of a list, with a cursor to the next. */
function page<T>({ args }: Call, all: readonly T[], usual: number): { items: T[]; next: string } {
  const limit = Number(args.text("limit") ?? usual);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw new Refusal("invalid_limit");
  const cursor = args.text("cursor");
  const start = cursor === undefined ? 0 : Number(Buffer.from(cursor, "base64").toString());
  if (!Number.isInteger(start) || start < 0) throw new Refusal("invalid_cursor");
  const end = start + limit;
  return { items: all.slice(start, end), next: end < all.length ? Buffer.from(String(end)).toString("base64") : "" };
}

export function conversationMembers(call: Call): Shape {
  const { members } = readableChannel(call, "read");
  const { items, next } = page(call, [...members], 100);
  return { members: items, response_metadata: { next_cursor: next } };
}

export function history(call: Call): Shape {
  const channel = readableChannel(call, "history");
  if (!channel.members.has(call.world.population.botUserId)) throw new Refusal("not_in_channel");
  const all = call.world.messages.filter(
    (each) => each.channel === channel.id && each.threadTs === null && each.onlyFor === null && !each.deleted,
  );
  const { items, next } = page(call, all.toReversed(), 100);
  return {
    messages: items.map((each) => messageShape(each, call.world.population)),
    has_more: next !== "",
    response_metadata: { next_cursor: next },
  };
}

export function replies(call: Call): Shape {
  const channel = readableChannel(call, "history");
  if (!channel.members.has(call.world.population.botUserId)) throw new Refusal("not_in_channel");
  const ts = call.args.need("ts");
  if (call.world.find(channelOf(call).id, ts) === undefined) throw new Refusal("thread_not_found");
  const all = call.world.messages.filter(
    (each) =>
      each.channel === channel.id && (each.ts === ts || each.threadTs === ts) && each.onlyFor === null && !each.deleted,
  );
  const { items, next } = page(call, all, 1000);
  return {
    messages: items.map((each) => messageShape(each, call.world.population)),
    has_more: next !== "",
    response_metadata: { next_cursor: next },
  };
}
