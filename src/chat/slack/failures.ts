import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from "@slack/web-api";
import { OpsError } from "../../core/errors.ts";
import { MouthBusy, MouthError } from "../../core/mouth.ts";

/** Slack does not take the token any more; nobody but a person can change that. */
const unauthorized: ReadonlySet<string> = new Set([
  "not_authed",
  "invalid_auth",
  "token_revoked",
  "token_expired",
  "account_inactive",
  "team_access_not_granted",
  "org_login_required",
]);

/** What would be refused for ever. A channel that cannot be seen is none of these: the bot may be invited again. */
const hopeless: ReadonlySet<string> = new Set([
  "is_archived",
  "is_inactive",
  "msg_too_long",
  "msg_blocks_too_long",
  "no_text",
  "invalid_blocks",
  "invalid_blocks_format",
  "invalid_arguments",
  "block_mismatch",
  "restricted_action",
  "restricted_action_read_only_channel",
  "restricted_action_thread_only_channel",
]);

/** Slack's own words for an error after which it may have done it all the same. */
const doubtful: ReadonlySet<string> = new Set([
  "fatal_error",
  "internal_error",
  "service_unavailable",
  "request_timeout",
]);

const meanings: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  not_in_channel: ["The bot is not in that channel.", "Invite it there: /invite @nonet"],
  channel_not_found: [
    "The bot cannot see that channel.",
    "Invite it there with /invite @nonet, or correct the channel's id.",
  ],
  missing_scope: ["The Slack app lacks a scope.", "Bring the app to docs/slack-manifest.yaml and install it again."],
  ratelimited: ["Slack wants to hear less for a moment.", "Try again in a minute."],
};

/** Slack's code of an error: `not_in_channel`; `undefined` for what was not Slack's answer. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof WebAPIPlatformError ? error.data.error : undefined;

/** Whether Slack has surely not done what it was asked for. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof MouthBusy || error instanceof WebAPIRateLimitedError) return true;
  const code = codeOf(error);
  return code !== undefined && !doubtful.has(code);
}

/** Whether the token is the reason. */
export const isUnauthorized = (error: unknown): boolean => unauthorized.has(codeOf(error) ?? "");

/** What a failed call means for whoever wanted to say something; what is no answer of Slack's is returned as it is. */
export function failureOf(error: unknown): unknown {
  if (error instanceof WebAPIRateLimitedError) return new MouthBusy(error.retryAfter * 1000);
  if (!(error instanceof WebAPIPlatformError)) return error;
  const code = error.data.error;
  if (unauthorized.has(code)) {
    return new OpsError({
      code: "slack_unauthorized",
      message: `Slack refuses the bot's token (${code}).`,
      state: "Runs go on; their cards stand still until the token is good again.",
      hint: "Install the app again, give Nonet the new token, and restart it.",
      cause: error,
    });
  }
  if (hopeless.has(code)) return new MouthError(`Slack refuses it: ${code}`);
  const [message, hint] = meanings[code] ?? ["Slack refuses it.", "npm run doctor checks the Slack app."];
  const needed = "needed" in error.data ? ` It needs ${String(error.data.needed)}.` : "";
  return new OpsError({
    code: `slack_${code}`,
    message: `${message}${needed} Slack calls this ${code}.`,
    hint,
    cause: error,
  });
}

/** What a failed call means for the person who waits for what it was for. */
export function told(error: unknown): unknown {
  const meaning = failureOf(error);
  if (meaning instanceof OpsError) return meaning;
  if (meaning instanceof MouthBusy || meaning instanceof MouthError) {
    return new OpsError({
      code: "slack_refuses",
      message: "Slack does not take it at the moment.",
      hint: "Try again in a minute.",
      cause: error,
    });
  }
  if (!(error instanceof WebAPIRequestError || error instanceof WebAPIHTTPError)) return error;
  return new OpsError({
    code: "slack_away",
    message: "Slack could not be reached.",
    hint: "Try again in a moment.",
    cause: error,
  });
}
