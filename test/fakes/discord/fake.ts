import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { HttpBindings } from "@hono/node-server";
import { Admin } from "./admin.ts";
import { Commands } from "./commands.ts";
import { Faults } from "./faults.ts";
import type { Fault, FaultScope } from "./faults.ts";
import { Gateway } from "./gateway.ts";
import { Hub } from "./hub.ts";
import { Interactions } from "./interactions.ts";
import type { Interaction } from "./interactions.ts";
import { RateLimits } from "./limits.ts";
import type { BucketKind, Limit } from "./limits.ts";
import { Messages } from "./messages.ts";
import type { MessageRecord } from "./messages.ts";
import { pageRoutes } from "./page.ts";
import { Person, sendInteraction } from "./people.ts";
import type { Draft } from "./people.ts";
import { sampleWorld } from "./sample.ts";
import { buildApi } from "./server.ts";
import type { Exchange } from "./server.ts";
import type { Setting } from "./setting.ts";
import { Snowflakes } from "./snowflakes.ts";
import type { ChannelRecord, World } from "./world.ts";

/** How to start a Discord. */
export interface FakeDiscordOptions {
  /** 0 for any free one. */
  readonly port?: number;
  /** The bot's token. */
  readonly token?: string;
  /** Milliseconds since 1970. All limits and ages are measured with it. */
  readonly now?: () => number;
  /** By default the sample, with the `ids` of sample.ts. */
  readonly world?: World;
  /** Other limits than those observed. */
  readonly limits?: Partial<Record<BucketKind, Limit>>;
  /** Discord's is 41,250. */
  readonly heartbeatMs?: number;
}

/** A strict Discord on 127.0.0.1: REST below `url`/api/v10, a gateway, and what people do. */
export class FakeDiscord {
  readonly world: World;
  readonly hub = new Hub();
  readonly gateway: Gateway;
  readonly admin: Admin;
  readonly limits: RateLimits;
  /** What the bot did that Discord refuses as malformed, or drops without a word. */
  readonly wrongs: string[] = [];
  /** Every request of the bot. */
  readonly exchanges: Exchange[] = [];
  readonly setting: Setting;
  readonly #snowflakes: Snowflakes;
  readonly #faults = new Faults();
  readonly #server = createServer();
  #token: string | null;
  #url = "";

  constructor(options: FakeDiscordOptions) {
    const now = options.now ?? Date.now;
    const { hub } = this;
    const changed = () => hub.changed();
    const wrong = (line: string) => this.wrongs.push(line);
    const acceptsToken = (token: string) => token === this.#token;
    this.#token = options.token ?? "fake.discord.token";
    this.world = options.world ?? sampleWorld();
    const { world } = this;
    const snowflakes = new Snowflakes(now);
    this.#snowflakes = snowflakes;
    this.limits = new RateLimits(now, options.limits ?? {});
    const gatewayUrl = () => this.#url.replace(/^http/, "ws");
    const heartbeatMs = options.heartbeatMs ?? 41_250;
    const gateway = new Gateway({ world, snowflakes, now, changed, wrong, acceptsToken, url: gatewayUrl, heartbeatMs });
    this.gateway = gateway;
    const messages = new Messages({
      world,
      snowflakes,
      now,
      wrong,
      filesUrl: () => `${this.#url}/attachments`,
      emit: (event, data, guildId) => gateway.dispatch(event, data, guildId),
    });
    const interactions = new Interactions(world, messages, now, wrong);
    const commands = new Commands(world.application.id, snowflakes, now);
    this.setting = { world, messages, interactions, commands, gateway, limits: this.limits, now, gatewayUrl };
    this.admin = new Admin(this.setting, hub);
    const exchanged = (exchange: Exchange) => {
      this.exchanges.push(exchange);
      changed();
    };
    const api = buildApi({ setting: this.setting, faults: this.#faults, acceptsToken, wrong, exchanged });
    const pages = pageRoutes(this);
    const fetch = (request: Request, env: unknown) =>
      new URL(request.url).pathname.startsWith("/api/")
        ? api.fetch(request, env as HttpBindings)
        : pages.fetch(request);
    const listener = getRequestListener(fetch);
    this.#server.on("request", (request, response) => void listener(request, response));
    gateway.listenOn(this.#server);
  }

  /** `http://127.0.0.1:PORT`, with the page. */
  get url(): string {
    return this.#url;
  }

  /** What a REST client takes as the address of the API: without the version. */
  get apiUrl(): string {
    return `${this.#url}/api`;
  }

  /** The bot's token; empty when it was revoked. */
  get token(): string {
    return this.#token ?? "";
  }

  /** Starts to listen. Rejects when the port is taken. */
  listen(port: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once("error", reject);
    this.#server.listen(port, "127.0.0.1", () => {
      const address = this.#server.address();
      if (typeof address === "object" && address !== null) this.#url = `http://127.0.0.1:${String(address.port)}`;
      resolve();
    });
    return promise;
  }

  /** A person; `discord.as(ids.alice).in(ids.ops).types("cluster status")`. */
  as(userId: string): { in: (channelId: string) => Person } {
    const options = { setting: this.setting, snowflakes: this.#snowflakes, hub: this.hub };
    return { in: (channelId) => new Person(options, userId, channelId) };
  }

  /** Sends an interaction that no client would send; see `sendInteraction`. */
  forge(draft: Draft, changes: Readonly<Record<string, unknown>> = {}): Interaction {
    const options = { setting: this.setting, snowflakes: this.#snowflakes, hub: this.hub };
    return sendInteraction(options, draft, changes);
  }

  /** What everybody sees in a channel or thread, oldest first. */
  messages(channelId: string): MessageRecord[] {
    return this.setting.messages.in(channelId).filter(({ ephemeralFor }) => ephemeralFor === null);
  }

  /** The thread that began at a message. */
  thread(message: MessageRecord): ChannelRecord | undefined {
    return this.world.channels.get(message.id);
  }

  /** What only this person sees, wherever. */
  ephemeral(userId: string): MessageRecord[] {
    return this.setting.interactions.ephemeral(userId);
  }

  /** Every interaction so far, oldest first. */
  get interactions(): readonly Interaction[] {
    return this.setting.interactions.all;
  }

  /** Resolves once it is so; looked at after every request, gateway message and deed of a person. */
  until(met: () => boolean): Promise<void> {
    return this.hub.until(met);
  }

  /** Makes requests go wrong; returns how to end it. */
  inflict(fault: Fault, scope?: FaultScope): () => void {
    return this.#faults.inflict(fault, scope);
  }

  /** Nothing answers any more, neither API nor gateway; returns how to bring Discord back. */
  goDown(): () => void {
    const end = this.#faults.inflict({ kind: "down" });
    this.gateway.down = true;
    this.gateway.cut();
    return () => {
      end();
      this.gateway.down = false;
    };
  }

  /** Takes the token from the bot; with a new one it may come back. */
  revokeToken(next: string | null = null): void {
    this.#token = next;
    this.gateway.cut(4004);
    this.gateway.sessions.splice(0);
  }

  async close(): Promise<void> {
    this.gateway.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Starts a Discord. Close it in the end. */
export async function openFakeDiscord(options: FakeDiscordOptions = {}): Promise<FakeDiscord> {
  const discord = new FakeDiscord(options);
  await discord.listen(options.port ?? 0);
  return discord;
}
