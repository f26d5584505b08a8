import { WebClient, WebClientEvent, type Logger, LogLevel } from "@slack/web-api";
import { OpsError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import { failureOf, isUnauthorized } from "./failures.ts";

/** Takes what happened, in pino's order of arguments. */
export interface Log {
  info(context: object, message: string): void;
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
}

/** Milliseconds a call may take; the outbox gives up after twice that. */
const callMs = 10_000;
/** Calls under way at once. Progress that waits for a slow Slack holds up nothing but progress. */
const concurrency = { urgent: 50, lossy: 4 } as const;

/** What a client needs. */
export interface ClientOptions {
  /** `https://slack.com/api/`. */
  readonly apiUrl: string;
  readonly log: Log;
  /** Called whenever Slack wants to hear less. */
  readonly onRateLimit: () => void;
}

/** Slack's Web API with the bot's token. */
export interface Slack {
  /**
   * One attempt, never repeated here: whoever asked knows whether once more does harm.
   * @throws Slack's own error; `failureOf` says what it means.
   */
  call<T>(how: keyof typeof concurrency, work: (web: WebClient) => Promise<T>): Promise<T>;
  /** Why Slack takes nothing from the bot; `undefined` while it does. */
  trouble(): OpsError | undefined;
}

/** Opens two clients of the same token, so that what is urgent never stands in line behind progress. */
export function openSlackClient(token: Secret<string>, { apiUrl, log, onRateLimit }: ClientOptions): Slack {
  const open = (maxRequestConcurrency: number) => {
    const options = webOptions(apiUrl, log);
    const web = new WebClient(token.reveal(), { ...options, maxRequestConcurrency });
    web.on(WebClientEvent.RATE_LIMITED, onRateLimit);
    return web;
  };
  const clients = { urgent: open(concurrency.urgent), lossy: open(concurrency.lossy) };
  let trouble: OpsError | undefined;
  return {
    trouble: () => trouble,
    async call(how, work) {
      try {
        const result = await work(clients[how]);
        trouble = undefined;
        return result;
      } catch (error) {
        const meaning = isUnauthorized(error) ? failureOf(error) : undefined;
        if (meaning instanceof OpsError) trouble = meaning;
        throw error;
      }
    },
  };
}

/**
 * How the library is to behave: its own way is ten retries in half an hour, which posts twice what was heard the first
 * time, no end to the wait for an answer, and a stop of all calls after one 429.
 */
export const webOptions = (apiUrl: string, log: Log) => ({
  slackApiUrl: apiUrl,
  retryConfig: { retries: 0 },
  timeout: callMs,
  rejectRateLimitedCalls: true,
  allowAbsoluteUrls: true,
  logger: quietLogger(log),
});

/** The library's log without its details: those are whole requests and payloads. */
export function quietLogger(log: Log): Logger {
  const told = (parts: readonly unknown[]) => parts.map(String).join(" ");
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (...parts) => log.warn({ library: "slack" }, told(parts)),
    error: (...parts) => log.error({ library: "slack" }, told(parts)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.WARN,
    setName: () => undefined,
  };
}
