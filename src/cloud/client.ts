import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { baseRequest } from "@linode/api-v4";
import { z } from "zod";
import type { CloudContext } from "../core/cloud.ts";
import { OpsError } from "../core/errors.ts";
import type { Secret } from "../core/secret.ts";
import { cloudError, retryable, understand, unexpectedAnswer } from "./errors.ts";
import type { CallFailure } from "./errors.ts";
import { pageWire } from "./wire.ts";

/** How to reach the API. */
export interface LinodeOptions {
  /** Null when none is configured: every call then says so. */
  readonly token: Secret<string> | null;
  /** Where `/v4` is; Linode's own by default. */
  readonly baseUrl?: string;
  /** How often a job is looked at, and the first pause before a call is repeated. One second by default. */
  readonly pollMs?: number;
  /** How long one request may take. */
  readonly timeoutMs?: number;
  /** How long a job of a Linode (deploy, boot, delete) may take. */
  readonly jobMs?: number;
  /** Hears of every request that was sent. */
  readonly onCall?: (call: LinodeCall) => void;
}

/** One request to the API. */
export interface LinodeCall {
  /** `GET`, `POST` … */
  readonly method: string;
  /** HTTP status of the answer; null when there was none. */
  readonly status: number | null;
}

/** One use of the API. */
export interface Call<T> {
  /** Completes "Could not …". */
  readonly what: string;
  readonly schema: z.ZodType<T>;
  readonly send: () => Promise<unknown>;
  /**
   * Set where a second execution would do harm. When nobody knows whether the call was carried out, this looks: what
   * it finds is the result; with null the call is sent again.
   */
  readonly found?: () => Promise<T | null>;
}

interface Scope {
  readonly token: string;
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onCall: (call: LinodeCall) => void;
}

const scopes = new AsyncLocalStorage<Scope>();
const host = "https://api.linode.com";

/*
 * The package keeps one global HTTP client, appends an interceptor for each token it is given and lets the first one
 * win, and has no timeout. So its own `setToken` is never used: this one interceptor gives every request what the
 * client that sends it says, which also lets two clients with two tokens live side by side.
 */
baseRequest.interceptors.request.use((config) => {
  const scope = scopes.getStore();
  if (scope === undefined) throw new Error("A request to Linode was made outside of the client.");
  const url = new URL(config.url ?? "", host);
  if (url.origin !== host) throw new Error(`A request to Linode went to ${url.origin}.`);
  config.url = scope.baseUrl + url.pathname + url.search;
  config.headers.set("Authorization", `Bearer ${scope.token}`);
  config.timeout = scope.timeoutMs;
  config.signal = scope.signal;
  return config;
});

const sentWith = z.object({ config: z.object({ method: z.string() }) });

/** Tells the client that sent it; `sent` is the answer or the error. */
function account(sent: unknown, status: number | null): void {
  const parsed = sentWith.safeParse(sent);
  if (parsed.success) scopes.getStore()?.onCall({ method: parsed.data.config.method.toUpperCase(), status });
}

baseRequest.interceptors.response.use(
  (answer) => {
    account(answer, answer.status);
    return answer;
  },
  (error: unknown) => {
    account(error, understand(error)?.status ?? null);
    throw error;
  },
);

/** A call that keeps failing is sent this often in all; with pauses that double it takes about half a minute. */
const attempts = 6;
/** No pause is longer than this, whatever the API asks for. */
const longestPauseMs = 120_000;

/** Sends calls with a token, a deadline and a retry policy, and checks what comes back. */
export class LinodeClient {
  readonly pollMs: number;
  readonly jobMs: number;
  readonly #token: Secret<string> | null;
  readonly #baseUrl: string;
  readonly #timeoutMs: number;
  readonly #onCall: (call: LinodeCall) => void;

  constructor(options: LinodeOptions) {
    this.#token = options.token;
    this.#baseUrl = (options.baseUrl ?? host).replace(/\/$/, "");
    this.pollMs = options.pollMs ?? 1000;
    this.#timeoutMs = options.timeoutMs ?? 30_000;
    this.jobMs = options.jobMs ?? 15 * 60_000;
    this.#onCall = options.onCall ?? (() => undefined);
  }

  /** Sends until it is answered. Rejects with an `OpsError`, or with the signal's reason. */
  async call<T>(call: Call<T>, context: CloudContext): Promise<T> {
    const busyUntil = Date.now() + this.jobMs;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#once(call, context);
      if (!("failure" in outcome)) return outcome.value;
      const retry = retryable(outcome.failure);
      const spent = retry?.kind === "busy" ? Date.now() >= busyUntil : attempt >= attempts;
      if (retry === null || spent) throw cloudError(call.what, outcome.failure, this.#secrets());
      const pause = retry.waitMs ?? (retry.kind === "busy" ? this.pollMs : this.pollMs * 2 ** (attempt - 1));
      if (outcome.failure.status === 429)
        context.say(`the Linode API limits us, waiting ${String(Math.ceil(pause / 1000))} s`);
      await this.pause(Math.min(pause, longestPauseMs), context);
      const done = retry.kind === "maybe" ? await call.found?.() : null;
      if (done !== undefined && done !== null) return done;
    }
  }

  /** All items of a collection, page by page. */
  async all<T>(
    call: { readonly what: string; readonly schema: z.ZodType<T> },
    send: (params: { page: number; page_size: number }) => Promise<unknown>,
    context: CloudContext,
  ): Promise<T[]> {
    const items: T[] = [];
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const { what } = call;
      const params = { page, page_size: 100 };
      const answer = await this.call({ what, schema: pageWire, send: () => send(params) }, context);
      pages = answer.pages;
      items.push(...answer.data.map((item) => this.#parse(what, call.schema, item)));
    }
    return items;
  }

  /** Waits, and rejects with the signal's reason when it is aborted meanwhile. */
  async pause(ms: number, context: CloudContext): Promise<void> {
    try {
      await delay(ms, undefined, { signal: context.signal });
    } catch {
      context.signal.throwIfAborted();
    }
  }

  async #once<T>(call: Call<T>, context: CloudContext): Promise<{ value: T } | { failure: CallFailure }> {
    context.signal.throwIfAborted();
    const scope = {
      token: this.#requireToken(),
      baseUrl: this.#baseUrl,
      timeoutMs: this.#timeoutMs,
      signal: context.signal,
      onCall: this.#onCall,
    };
    let answer: unknown;
    try {
      answer = await scopes.run(scope, call.send);
    } catch (thrown) {
      context.signal.throwIfAborted();
      const failure = understand(thrown);
      if (failure === null) throw thrown;
      return { failure };
    }
    return { value: this.#parse(call.what, call.schema, answer) };
  }

  #parse<T>(what: string, schema: z.ZodType<T>, answer: unknown): T {
    const parsed = schema.safeParse(answer);
    if (!parsed.success) throw unexpectedAnswer(what, parsed.error);
    return parsed.data;
  }

  #secrets(): string[] {
    return this.#token === null ? [] : [this.#token.reveal()];
  }

  #requireToken(): string {
    const token = this.#token?.reveal() ?? "";
    if (token !== "") return token;
    throw new OpsError({
      code: "cloud_no_token",
      message: "There is no token for the Linode API.",
      hint: "Make a personal access token in Linode's Cloud Manager and put it into LINODE_TOKEN.",
    });
  }
}
