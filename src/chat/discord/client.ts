import {
  DefaultRestOptions,
  type RawFile,
  RequestMethod,
  type ResponseLike,
  REST,
  type RESTOptions,
  type RouteLike,
} from "@discordjs/rest";
import { z } from "zod";
import { OpsError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import { Budget } from "./budget.ts";
import { Turnstile } from "./turnstile.ts";
import { codes, unauthorized, understood } from "./failures.ts";

/** Milliseconds an answer may take; whoever waits for something urgent gives a shorter signal. */
const timeoutMs = 10_000;

const methods = {
  GET: RequestMethod.Get,
  POST: RequestMethod.Post,
  PATCH: RequestMethod.Patch,
  PUT: RequestMethod.Put,
  DELETE: RequestMethod.Delete,
} as const;

/** One request. */
export interface Call {
  readonly method: keyof typeof methods;
  readonly route: RouteLike;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly files?: readonly RawFile[];
  readonly signal?: AbortSignal;
  /** It only tells progress: it is refused while what is urgent may need the limit. */
  readonly isProgress?: boolean;
}

/** What the client needs. */
export interface ClientOptions {
  readonly token: Secret<string>;
  /** `https://discord.com/api`, without a version. */
  readonly apiUrl: string;
  /** Called at every answer 429. */
  readonly onRateLimit: () => void;
}

/** Sends to Discord. Nothing is sent twice, and nothing waits for a limit but what answers an interaction. */
export class DiscordClient {
  /** For the gateway's library. */
  readonly rest: REST;
  /** An interaction has limits of its own and is over in seconds: its answers wait in line, and not for the others. */
  readonly #answers: REST;
  readonly #budget = new Budget();
  readonly #turnstile = new Turnstile();
  readonly #options: ClientOptions;
  #unauthorized = false;

  constructor(options: ClientOptions) {
    this.#options = options;
    const shared = {
      version: "10",
      api: options.apiUrl,
      timeout: timeoutMs,
      retries: 0,
      invalidRequestWarningInterval: 0,
      makeRequest: (...request: Parameters<RESTOptions["makeRequest"]>) => this.#request(...request),
    };
    this.rest = new REST({ ...shared, rejectOnRateLimit: () => true }).setToken(options.token.reveal());
    this.#answers = new REST({ ...shared, globalRequestsPerSecond: Number.POSITIVE_INFINITY });
  }

  /** @throws MouthBusy, Refused, or OpsError `discord_away` or `discord_unauthorized`. */
  async send(call: Call): Promise<unknown> {
    const { method, route, query, body, files, signal, isProgress = false } = call;
    const isAnswer = isInteraction(route);
    if (this.#unauthorized && !isAnswer) throw unauthorized();
    if (!isAnswer) this.#budget.check(bucketOf(method, route), isProgress);
    try {
      return await (isAnswer ? this.#answers : this.rest).request({
        method: methods[method],
        fullRoute: route,
        auth: !isAnswer,
        ...(query === undefined ? {} : { query: new URLSearchParams(query) }),
        ...(body === undefined ? {} : { body }),
        ...(files === undefined ? {} : { files: [...files] }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      throw this.#noted(understood(error));
    }
  }

  /** @throws OpsError `discord_unauthorized` once Discord has said so. */
  check(): void {
    if (this.#unauthorized) throw unauthorized();
  }

  close(): void {
    for (const rest of [this.rest, this.#answers]) {
      rest.clearHashSweeper();
      rest.clearHandlerSweeper();
    }
  }

  async #request(...[url, init]: Parameters<RESTOptions["makeRequest"]>): Promise<ResponseLike> {
    const path = url.slice(`${this.#options.apiUrl}/v10`.length);
    const isAck = path.startsWith("/interactions/");
    const response = await this.#turnstile.pass(isAck, () => DefaultRestOptions.makeRequest(url, init));
    const { status, headers } = response;
    const bucket = bucketOf(init.method ?? "GET", path);
    const isOldMessage = status === 429 && (await isAboutOldMessage(response));
    if (status === 429) this.#options.onRateLimit();
    this.#budget.heard(bucket, { status, isOldMessage, header: (name) => headers.get(name) });
    return isOldMessage ? { ...response, status: 400, ok: false, json: async () => oldMessage } : response;
  }

  /** The library forgets the token that was refused; a token that is reset never comes back. */
  #noted(error: Error): Error {
    if (error instanceof OpsError && error.code === "discord_unauthorized") {
      this.#unauthorized = true;
      this.rest.setToken(this.#options.token.reveal());
    }
    return error;
  }
}

/** What answers an interaction carries the interaction's token instead of the bot's. */
const isInteraction = (route: string): boolean => /^\/(?:interactions|webhooks)\//.test(route);

/** Limits are per method, route and channel: `PATCH /channels/1/messages/:id`. */
const bucketOf = (method: string, path: string): string =>
  `${method.toUpperCase()} ${path.replaceAll(/(?<=^\/.+\/.+\/)\d+/g, ":id")}`;

/** A 429 that is about one message and not about the bucket; the library would not tell the two apart. */
const oldMessage = { code: codes.oldMessageEdits, message: "too many changes of messages older than an hour" };

async function isAboutOldMessage(response: ResponseLike): Promise<boolean> {
  const body = await response.json().catch(() => null);
  return z.object({ code: z.literal(codes.oldMessageEdits) }).safeParse(body).success;
}
