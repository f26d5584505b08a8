import { setTimeout as sleep } from "node:timers/promises";
import { OpsError } from "../../core/errors.ts";
import { codeOf } from "./failures.ts";
import { openLine, type Line, type LineOptions } from "./line.ts";

/** Two, because Slack sends each payload over any one of them and closes each every few hours. It allows ten. */
const wanted = 2;
/** Milliseconds between attempts, doubled each time up to the longest; chance shortens each by up to a half. */
const backoffMs = { first: 500, longest: 30_000 };
/** Milliseconds a connection must have lived to count as one that worked. */
const workedMs = 30_000;

/** What sockets need. */
export interface SocketOptions extends LineOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The connections over which Slack reaches Nonet. */
export interface Sockets {
  /** Resolves once one is open, or the first attempt has failed. */
  readonly ready: Promise<void>;
  /** @throws OpsError `slack_deaf` when none is open: why, and what to do. */
  check(): void;
  close(): Promise<void>;
}

/** Opens the connections and keeps them open for good. */
export function openSockets(options: SocketOptions): Sockets {
  const state = new State(options);
  const keepers = Array.from({ length: wanted }, () => keepOpen(options, state));
  return {
    ready: state.ready.promise,
    check: () => state.check(),
    async close() {
      state.closing.abort();
      for (const line of state.lines) line.close();
      await Promise.all(keepers);
    },
  };
}

/** What the keepers of all connections share. */
class State {
  readonly lines = new Set<Line>();
  readonly closing = new AbortController();
  readonly ready = Promise.withResolvers<void>();
  readonly #options: SocketOptions;
  /** Why the last connection was lost or not made; empty while all is well. */
  #why = "the first one is being made";
  /** Since when nothing is heard, in milliseconds since 1970. */
  #deafSince: number | null = null;
  #others = 0;

  constructor(options: SocketOptions) {
    this.#options = options;
  }

  check(): void {
    if (this.lines.size > 0) return;
    throw new OpsError({
      code: "slack_deaf",
      message: `No connection to Slack is open: ${this.#why}.`,
      state: "Commands and clicks in Slack do not arrive; runs go on.",
      hint: "Nonet goes on trying; npm run doctor checks the Slack app.",
    });
  }

  opened(line: Line): void {
    this.lines.add(line);
    void line.closed.then(() => this.#closed(line));
    this.ready.resolve();
    this.#why = "";
    const { log, now } = this.#options;
    if (this.#deafSince !== null) {
      const seconds = Math.round((now() - this.#deafSince) / 1000);
      log.warn({ seconds }, "Slack is heard again; what was typed and clicked meanwhile did not arrive");
    }
    this.#deafSince = null;
    const others = line.connections - Math.max(wanted, this.lines.size);
    if (others > 0 && others !== this.#others) {
      const who = "another bot that shares the store, this one before its restart, or somebody who has the token";
      log.warn({ connections: line.connections }, `somebody else listens with this app token: ${who}`);
    }
    this.#others = others;
  }

  /** Said once for each reason, as long as nothing works. */
  lost(reason: string): void {
    if (this.closing.signal.aborted) return;
    if (reason !== this.#why) {
      this.#options.log.warn({ reason }, "a connection to Slack was lost or could not be made");
    }
    this.#why = reason;
    this.ready.resolve();
  }

  #closed(line: Line): void {
    this.lines.delete(line);
    if (this.lines.size === 0 && !this.closing.signal.aborted) this.#deafSince ??= this.#options.now();
  }
}

/** Keeps one connection. Before Slack closes it the next is open, so that nothing falls between the two. */
async function keepOpen(options: SocketOptions, state: State): Promise<void> {
  const { signal } = state.closing;
  let [failures, old]: [number, Line | undefined] = [0, undefined];
  while (!signal.aborted) {
    const begun = options.now();
    try {
      const line = await openLine(options);
      state.opened(line);
      old?.close();
      old = line;
      // It may have been opened while everything was being closed.
      if (signal.aborted) break;
      const reason = await line.leaving;
      if (reason !== "warning" && reason !== "refresh_requested") state.lost(told(reason));
    } catch (error) {
      state.lost(whyNot(error));
    }
    failures = options.now() - begun < workedMs ? failures + 1 : 0;
    if (failures > 0) await pause(failures, signal);
  }
  old?.close();
}

/** Resolves early when everything is being closed. */
async function pause(failures: number, signal: AbortSignal): Promise<void> {
  const longest = Math.min(backoffMs.longest, backoffMs.first * 2 ** (failures - 1));
  await sleep(longest * (1 - Math.random() / 2), undefined, { signal }).catch(() => undefined);
}

const told = (reason: string): string =>
  reason === "link_disabled"
    ? "Socket Mode was turned off for the app; turn it on under Socket Mode on api.slack.com"
    : `Slack closed it (${reason})`;

/** Why a connection could not be made, in words. */
function whyNot(error: unknown): string {
  const code = codeOf(error);
  if (code === undefined) return error instanceof Error ? error.message : String(error);
  const hints: Readonly<Record<string, string>> = {
    not_allowed_token_type: "it must be an app-level token, xapp-…",
    missing_scope: "the app-level token needs the scope connections:write",
    invalid_auth: "the app-level token is wrong or was revoked",
    not_authed: "the app-level token is missing",
  };
  return `Slack refuses the app-level token (${code}${hints[code] === undefined ? "" : `: ${hints[code]}`})`;
}
