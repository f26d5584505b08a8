import type { UsersInfoResponse } from "@slack/web-api";
import { OpsError } from "../../core/errors.ts";
import type { Slack } from "./client.ts";
import { codeOf } from "./failures.ts";
import type { Pinned } from "./origin.ts";

/** Milliseconds what Slack says of a person or a channel counts as true. */
const trueForMs = 60_000;
/** Those remembered at once. */
const most = 1000;

/** A channel, as the bot sees it. */
interface Where {
  /** People of other organisations are in it; one that the bot cannot see may be anything. */
  readonly external: boolean;
  /** The bot is in it and can show cards there. */
  readonly member: boolean;
}

/** What Slack says of people and channels. */
export interface People {
  /** @throws OpsError unless it is a full member of the workspace, or when Slack does not say. */
  check(user: string): Promise<void>;
  /** @throws OpsError when Slack does not say. */
  where(channel: string): Promise<Where>;
}

/** Asks Slack, at most once a minute for each. `now` in milliseconds. */
export function slackPeople(slack: Slack, pinned: Pinned, now: () => number): People {
  const objection = remembered(now, async (user) => {
    const { user: found } = await slack.call("urgent", (web) => web.users.info({ user }));
    return found === undefined ? "Slack does not know you." : objectionTo(found, pinned);
  });
  const where = remembered(now, async (channel): Promise<Where> => {
    const { channel: found } = await slack.call("urgent", (web) => web.conversations.info({ channel }));
    const external = found?.is_ext_shared === true || found?.is_pending_ext_shared === true;
    return { external, member: found?.is_member === true };
  });
  return {
    async check(user) {
      const problem = await objection(user).catch((error: unknown) => {
        throw silent("who you are", error);
      });
      if (problem !== undefined)
        throw new OpsError({ code: "forbidden", message: problem, state: "Nothing was done." });
    },
    async where(channel) {
      // Two people's direct messages: the bot is not there, and they give no rights.
      if (channel.startsWith("D")) return { external: false, member: false };
      return where(channel).catch((error: unknown) => {
        if (codeOf(error) === "channel_not_found") return { external: true, member: false };
        throw silent("what channel this is", error);
      });
    },
  };
}

const silent = (what: string, cause: unknown): OpsError =>
  new OpsError({
    code: "identity_unknown",
    message: `Slack does not say ${what} at the moment.`,
    state: "Nothing was done.",
    hint: "Try again in a moment; the console of the bot's machine works without Slack.",
    cause,
  });

type User = NonNullable<UsersInfoResponse["user"]>;

function objectionTo(user: User, { team, enterprise }: Pinned): string | undefined {
  if (user.is_bot === true || user.is_workflow_bot === true || user.is_connector_bot === true)
    return "Bots may do nothing here.";
  if (user.deleted === true) return "This account was deactivated.";
  if (user.is_restricted === true || user.is_ultra_restricted === true) return "Guests may do nothing here.";
  const home = user.team_id === team || (enterprise !== null && user.enterprise_user?.enterprise_id === enterprise);
  return user.is_stranger === true || !home ? "Only members of this workspace may do anything here." : undefined;
}

/** Remembers answers for a minute; whoever asks meanwhile waits for the same one. What failed is asked again. */
function remembered<T>(now: () => number, ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, { readonly at: number; readonly answer: Promise<T> }>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined && now() - before.at < trueForMs) return before.answer;
    const answer = ask(key);
    known.delete(key);
    known.set(key, { at: now(), answer });
    const [oldest] = known.keys();
    if (known.size > most && oldest !== undefined) known.delete(oldest);
    answer.catch(() => known.delete(key));
    return answer;
  };
}
