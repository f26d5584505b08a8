import type { Heard } from "./payload.ts";

/** The one workspace and app that Nonet listens to. */
export interface Pinned {
  /** `T024BE7LD`. */
  readonly team: string;
  /** Of an Enterprise Grid; `null` for a workspace by itself. */
  readonly enterprise: string | null;
  /** `A0123456789`. */
  readonly app: string;
}

/** Where something came from: the team, the user's own team, the app. */
interface Origin {
  readonly app: string;
  readonly team: string | null;
  readonly enterprise: string | null;
  /** `null` where Slack does not say it. */
  readonly userTeam: string | null;
  readonly user: string;
}

/** Who did it, as Slack vouches for it. */
export function originOf(heard: Heard): Origin {
  if (heard.kind === "command") {
    const { api_app_id: app, team_id: team, enterprise_id: enterprise = null, user_id: user } = heard.data;
    return { app, team, enterprise, userTeam: null, user };
  }
  if (heard.kind === "home") {
    const { api_app_id: app, team_id: team, enterprise_id, event } = heard.data;
    return { app, team, enterprise: enterprise_id ?? null, userTeam: null, user: event.user };
  }
  const { api_app_id: app, team, enterprise, user } = heard.data;
  return {
    app,
    team: team?.id ?? null,
    enterprise: enterprise?.id ?? null,
    userTeam: user.team_id ?? null,
    user: user.id,
  };
}

/** What is foreign about it; `undefined` for what comes from the pinned workspace and app. */
export function foreign(origin: Origin, pinned: Pinned): string | undefined {
  if (origin.app !== pinned.app) return `app ${origin.app}`;
  if (origin.team !== pinned.team) return `team ${origin.team}`;
  if (pinned.enterprise !== null && origin.enterprise !== pinned.enterprise) return `enterprise ${origin.enterprise}`;
  // In a grid people belong to any of its workspaces; whether this one does, `users.info` says.
  const elsewhere = origin.userTeam !== null && origin.userTeam !== pinned.team && pinned.enterprise === null;
  return elsewhere ? `a user of team ${origin.userTeam}` : undefined;
}

/** What it is known by when it comes again. */
export function keysOf(heard: Heard): string[] {
  switch (heard.kind) {
    case "command":
    case "shortcut":
      return [`trigger:${heard.data.trigger_id}`];
    case "home":
      return [`event:${heard.data.event_id}`];
    case "modal":
      return [`view:${heard.data.view.id}:${heard.data.view.hash}`];
    case "press": {
      const { actions, container, user } = heard.data;
      const [{ action_id: id, action_ts: at }] = actions;
      return [`press:${at}:${user.id}:${id}:${container.channel_id}:${container.message_ts}`];
    }
  }
}
