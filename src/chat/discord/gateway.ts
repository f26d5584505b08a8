import {
  CloseCodes,
  type SessionInfo,
  WebSocketManager,
  WebSocketShardEvents,
  WebSocketShardStatus,
} from "@discordjs/ws";
import { GatewayDispatchEvents } from "discord-api-types/v10";
import { OpsError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import type { DiscordClient } from "./client.ts";
import { unauthorized, understood } from "./failures.ts";
import { connectDelay, identifyDelay, lately } from "./pace.ts";
import type { Log, Session } from "./session.ts";
import { readStarts, type Starts } from "./starts.ts";

/** Attempts to connect that fail before the general address is tried instead of the session's own. */
const ownAddressTries = 3;
/** Milliseconds Discord has to answer that the connection is closed. */
const closeMs = 2000;

/** What the gateway works with. */
export interface GatewayOptions {
  readonly client: DiscordClient;
  readonly token: Secret<string>;
  /** The application the token must belong to. */
  readonly application: string;
  readonly session: Session;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  readonly onInteraction: (interaction: unknown) => void;
}

/** Closing codes after which no attempt can succeed, in words. */
const fatal: Readonly<Record<number, string>> = {
  4010: "Discord refuses this share of the connection (4010).",
  4011: "The bot is in too many servers for one connection (4011); it is meant for one.",
  4012: "Discord no longer speaks this version of its protocol (4012).",
  4013: "Discord does not know the kinds of events that were asked for (4013).",
  4014: "Discord does not allow the bot the kinds of events that were asked for (4014).",
};

/**
 * Hears interactions and nothing else: no intents, no caches. A session is taken up again after a lost connection and
 * after a restart, so that what was clicked meanwhile is still heard; when it is lost, the log says so.
 */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #manager: WebSocketManager;
  #failed = 0;
  #networkFailed = false;
  #isReady = false;
  #isClosing = false;
  readonly #closedForGood = Promise.withResolvers<void>();
  #dead: OpsError | undefined;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#manager = new WebSocketManager({
      token: options.token.reveal(),
      intents: 0,
      rest: options.client.rest,
      shardIds: [0],
      shardCount: 1,
      retrieveSessionInfo: () => this.#sessionToUse(),
      updateSessionInfo: (_shard, info) => this.#update(info),
      buildIdentifyThrottler: async () => ({ waitForIdentify: () => this.#countIdentify() }),
    });
    this.#manager.on(WebSocketShardEvents.Ready, (ready) => this.#ready(ready.application.id));
    this.#manager.on(WebSocketShardEvents.Resumed, () => this.#heard("resumed"));
    this.#manager.on(WebSocketShardEvents.HeartbeatComplete, () => this.#beat());
    this.#manager.on(WebSocketShardEvents.Hello, () => (this.#networkFailed = false));
    this.#manager.on(WebSocketShardEvents.SocketError, () => (this.#networkFailed = true));
    this.#manager.on(WebSocketShardEvents.Closed, (code) => this.#closed(code));
    // What the library calls an error is a closing code that `closed` has explained.
    this.#manager.on(WebSocketShardEvents.Error, () => undefined);
    this.#manager.on(WebSocketShardEvents.Dispatch, (event) => {
      if (event.t !== GatewayDispatchEvents.InteractionCreate) return;
      options.session.set({ heardAt: options.now() });
      options.onInteraction(event.d);
    });
  }

  /** Connects, however long it takes, or until it is closed. @throws OpsError when no attempt can succeed. */
  connect(): Promise<void> {
    return Promise.race([this.#connect(), this.#closedForGood.promise]);
  }

  async #connect(): Promise<void> {
    for (let failed = 0; !this.#isClosing; failed += 1) {
      try {
        // Also tells whether the token is good, in words.
        await readStarts(this.#options.client);
        await this.#manager.connect();
        break;
      } catch (error) {
        if (this.#dead !== undefined) throw this.#dead;
        this.#options.client.check();
        const reason = understood(error).message;
        this.#options.log.warn({ reason }, "Discord's gateway could not be reached; it is tried again");
        await this.#options.sleep(connectDelay(failed + 1));
      }
    }
    if (this.#dead !== undefined) throw this.#dead;
  }

  /** @throws OpsError when nothing is heard now. */
  check(): void {
    if (this.#dead !== undefined) throw this.#dead;
    if (this.#isReady) return;
    const { heardAt } = this.#options.session;
    const since = heardAt === null ? "" : ` since ${new Date(heardAt).toISOString()}`;
    throw new OpsError({ code: "discord_deaf", message: `Nothing is heard from Discord${since}.` });
  }

  /** Leaves the session alive at Discord, for the next process. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#closedForGood.resolve();
    const destroyed = this.#manager.destroy({ code: CloseCodes.Resuming, reason: "Nonet restarts" });
    await Promise.race([destroyed, this.#options.sleep(closeMs)]);
    if (this.#isReady) this.#options.session.set({ heardAt: this.#options.now() });
    this.#isReady = false;
    await this.#options.session.save();
  }

  /**
   * The library asks for the session again and again while a connection lives, and once before it opens one: the only
   * moment at which it can be made to wait.
   */
  async #sessionToUse(): Promise<SessionInfo | null> {
    const { session } = this.#options;
    const status = (await this.#manager.fetchStatus()).get(0);
    if (status !== WebSocketShardStatus.Idle) return session.info;
    await this.#options.sleep(connectDelay(this.#failed));
    if (session.info === null) await this.#awaitIdentify();
    // It would open a connection that nobody closes.
    if (this.#isClosing) await new Promise<never>(() => undefined);
    if (session.info === null || this.#failed < ownAddressTries) return session.info;
    const starts = await readStarts(this.#options.client).catch(() => undefined);
    return starts === undefined ? session.info : { ...session.info, resumeURL: starts.url };
  }

  #update(info: SessionInfo | null): void {
    // The library forgets a session also where only the connection failed, and at its own end.
    if (info === null && (this.#isClosing || this.#networkFailed)) return;
    this.#options.session.set({ session: info });
  }

  async #awaitIdentify(): Promise<void> {
    const { session, now, log, sleep } = this.#options;
    const { remaining, resetMs } = await this.#starts();
    const wait = Math.max(remaining > 0 ? 0 : resetMs, identifyDelay(session.begun, now()));
    if (wait === 0) return;
    log.warn({ seconds: Math.round(wait / 1000), remaining }, "a new Discord session is put off to save the token");
    await sleep(wait);
  }

  /** It must not fail: the library would take the whole process along. */
  async #starts(): Promise<Starts> {
    for (let failed = 1; !this.#isClosing; failed += 1) {
      try {
        return await readStarts(this.#options.client);
      } catch {
        await this.#options.sleep(connectDelay(failed));
      }
    }
    return new Promise<never>(() => undefined);
  }

  async #countIdentify(): Promise<void> {
    const { session, now } = this.#options;
    session.set({ begun: [...lately(session.begun, now()), now()] });
    await session.save();
  }

  #ready(application: string): void {
    if (application === this.#options.application) return this.#heard("begun");
    const message = `The token is that of application ${application}, not of ${this.#options.application}.`;
    this.#die(new OpsError({ code: "discord_wrong_application", message, hint: "Correct one of the two." }));
    void this.#manager.destroy();
  }

  #heard(how: "begun" | "resumed"): void {
    const { log, now } = this.#options;
    const { heardAt } = this.#options.session;
    const [from, to] = [new Date(heardAt ?? now()).toISOString(), new Date(now()).toISOString()];
    if (how === "resumed") log.info({ from, to }, "the Discord session goes on; nothing was missed");
    else if (heardAt === null) log.info({}, "a Discord session has begun");
    else
      log.warn({ from, to }, `events may have been missed between ${from} and ${to}: a new Discord session has begun`);
    this.#failed = 0;
    this.#isReady = true;
    this.#beat();
  }

  #beat(): void {
    this.#options.session.set({ heardAt: this.#options.now() });
    void this.#options.session.save();
  }

  #closed(code: number): void {
    if (!this.#isReady) this.#failed += 1;
    this.#isReady = false;
    if (this.#isClosing || this.#dead !== undefined) return;
    const words = fatal[code];
    if (code === 4004) this.#die(unauthorized());
    else if (words !== undefined) this.#die(new OpsError({ code: "discord_refused", message: words }));
    else this.#options.log.warn({ code }, "the connection with Discord was lost; it is tried again");
  }

  #die(error: OpsError): void {
    this.#dead = error;
    this.#options.log.error({ code: error.code }, `${error.message} ${error.hint ?? ""}`.trim());
  }
}
