import { randomUUID } from "node:crypto";
import { messageShape } from "./chat.ts";
import { strangerTeam, type FakeChannel, type FakeUser } from "./people.ts";
import type { Shape } from "./shape.ts";
import { viewShape } from "./views.ts";
import type { FakeMessage, FakeView, Workspace } from "./workspace.ts";

/** Who does something, and the two keys that Slack gives the app for it. */
export interface Doing {
  readonly world: Workspace;
  readonly user: FakeUser;
  readonly triggerId: string;
  readonly responseUrl: string;
}

/** The deprecated verification token, which every payload carries; nobody may rely on it. */
const legacyToken = "legacy-verification-token";

const teamOf = ({ world, user }: Pick<Doing, "world" | "user">): string =>
  user.kind === "stranger" ? strangerTeam : world.population.teamId;

const actor = (doing: Doing): Shape => ({
  id: doing.user.id,
  username: doing.user.name,
  name: doing.user.name,
  team_id: teamOf(doing),
});

/** What every interactive payload begins with. */
function common(doing: Doing, type: string): Shape {
  const { appId, teamId, domain, enterpriseId } = doing.world.population;
  return {
    type,
    user: actor(doing),
    api_app_id: appId,
    token: legacyToken,
    trigger_id: doing.triggerId,
    team: { id: teamId, domain },
    enterprise: enterpriseId === null ? null : { id: enterpriseId, name: domain },
    is_enterprise_install: false,
  };
}

const channelShape = ({ id, name, kind }: FakeChannel): Shape => ({
  id,
  name: kind === "private" ? "privategroup" : kind === "im" ? "directmessage" : name,
});

export function commandPayload(doing: Doing, channel: FakeChannel, command: string, text: string): Shape {
  const { appId, domain, enterpriseId } = doing.world.population;
  const { name: channelName } = channelShape(channel);
  return {
    token: legacyToken,
    team_id: teamOf(doing),
    team_domain: domain,
    ...(enterpriseId === null ? {} : { enterprise_id: enterpriseId, enterprise_name: domain }),
    channel_id: channel.id,
    channel_name: channelName,
    user_id: doing.user.id,
    user_name: doing.user.name,
    command,
    text,
    api_app_id: appId,
    is_enterprise_install: "false",
    response_url: doing.responseUrl,
    trigger_id: doing.triggerId,
  };
}

export function messageActionsPayload(
  doing: Doing,
  channel: FakeChannel,
  message: FakeMessage,
  action: Shape,
  values: Shape,
): Shape {
  return {
    ...common(doing, "block_actions"),
    container: {
      type: "message",
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: message.onlyFor !== null,
      ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
    },
    channel: channelShape(channel),
    ...(message.onlyFor === null ? { message: messageShape(message, doing.world.population) } : {}),
    state: { values },
    response_url: doing.responseUrl,
    actions: [action],
  };
}

export function viewActionsPayload(doing: Doing, shown: FakeView, action: Shape, values: Shape): Shape {
  return {
    ...common(doing, "block_actions"),
    container: { type: "view", view_id: shown.id },
    view: viewShape(doing.world, shown, values),
    actions: [action],
  };
}

export function submissionPayload(doing: Doing, shown: FakeView, values: Shape): Shape {
  return { ...common(doing, "view_submission"), view: viewShape(doing.world, shown, values), response_urls: [] };
}

export function closedPayload(doing: Doing, shown: FakeView, isCleared: boolean): Shape {
  return { ...common(doing, "view_closed"), view: viewShape(doing.world, shown), is_cleared: isCleared };
}

export function shortcutPayload(doing: Doing, callbackId: string): Shape {
  return { ...common(doing, "shortcut"), callback_id: callbackId, action_ts: doing.world.nextTs() };
}

export function messageShortcutPayload(
  doing: Doing,
  channel: FakeChannel,
  message: FakeMessage,
  callbackId: string,
): Shape {
  return {
    ...common(doing, "message_action"),
    callback_id: callbackId,
    action_ts: doing.world.nextTs(),
    message_ts: message.ts,
    channel: channelShape(channel),
    message: messageShape(message, doing.world.population),
    response_url: doing.responseUrl,
  };
}

export function eventPayload(world: Workspace, event: Shape): Shape {
  const { teamId, appId, botUserId, enterpriseId } = world.population;
  return {
    token: legacyToken,
    team_id: teamId,
    api_app_id: appId,
    event: { event_ts: world.nextTs(), ...event },
    type: "event_callback",
    event_id: `Ev${randomUUID().replaceAll("-", "").slice(0, 10).toUpperCase()}`,
    event_time: Math.floor(world.clock.now() / 1000),
    authorizations: [
      { enterprise_id: enterpriseId, team_id: teamId, user_id: botUserId, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: false,
  };
}
