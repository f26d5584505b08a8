import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import type { Hono } from "hono";
import type { HttpBindings } from "@hono/node-server";
import { wallClock, type Clock } from "./clock.ts";
import type { Delivery, DeliveryKind } from "./delivery.ts";
import { Links } from "./links.ts";
import { RateLimits } from "./limits.ts";
import { samplePopulation, type Population } from "./people.ts";
import type { Desk } from "./hand.ts";
import { Person } from "./person.ts";
import { apiRoutes, type ApiCall } from "./server.ts";
import type { Shape } from "./shape.ts";
import { Requests, type RequestUrl } from "./signed.ts";
import { Sockets } from "./sockets.ts";
import { Tokens, usualScopes } from "./tokens.ts";
import { Troubles } from "./trouble.ts";
import { Workspace, type FakeMessage } from "./workspace.ts";

/** How to open the stand-in; without anything, a sample workspace on any free port. */
export interface FakeSlackOptions {
  readonly port?: number;
  readonly botToken?: string;
  readonly appToken?: string;
  /** What was granted when the app was installed. */
  readonly scopes?: readonly string[];
  readonly population?: Population;
  readonly clock?: Clock;
  /** The app's slash commands, with the slash. */
  readonly commands?: readonly string[];
  /** Event subscriptions: `app_home_opened`, `app_mention`, `message.channels`, `message.groups`, `message.im`. */
  readonly events?: readonly string[];
  /** Shortcuts in the menu of a message: their label by callback id. */
  readonly messageShortcuts?: Readonly<Record<string, string>>;
  /** Milliseconds in which messages may be edited; null for ever. */
  readonly editWindow?: number | null;
  /** Sends everything as signed requests to this address instead of over Socket Mode. */
  readonly requestUrl?: RequestUrl;
}

/** A strict stand-in of Slack, for tests and for trying a bot out: the workspace, its people, and what goes wrong. */
export class FakeSlack implements AsyncDisposable {
  readonly world: Workspace;
  readonly tokens: Tokens;
  readonly links: Links;
  readonly troubles = new Troubles();
  readonly sockets: Sockets;
  /** Null in Socket Mode. */
  readonly requests: Requests | null;
  /** Every call of the Web API that was answered, oldest first. */
  readonly calls: ApiCall[] = [];
  readonly #limits: RateLimits;
  readonly #options: FakeSlackOptions;
  #url = "";
  #server: Server | null = null;

  constructor(options: FakeSlackOptions) {
    const clock = options.clock ?? wallClock;
    this.#options = options;
    this.world = new Workspace(options.population ?? samplePopulation(), clock);
    this.tokens = new Tokens(
      options.botToken ?? "xoxb-fake-bot-token",
      options.appToken ?? "xapp-fake-app-token",
      options.scopes ?? usualScopes,
    );
    this.links = new Links(clock);
    this.#limits = new RateLimits(clock);
    this.sockets = new Sockets(this.world);
    this.requests = options.requestUrl === undefined ? null : new Requests(this.world, options.requestUrl);
  }

  /** `http://127.0.0.1:PORT`. */
  get url(): string {
    return this.#url;
  }

  /** What a client of the Web API takes as its base. */
  get apiUrl(): string {
    return `${this.#url}/api/`;
  }

  get messageShortcuts(): Readonly<Record<string, string>> {
    return this.#options.messageShortcuts ?? {};
  }

  get wrongs(): readonly string[] {
    return this.world.wrongs;
  }

  get deliveries(): readonly Delivery[] {
    return (this.requests ?? this.sockets).deliveries;
  }

  /** Somebody of the workspace; throws when there is no such account. */
  as(userId: string): Person {
    const user = this.world.users.get(userId);
    if (user === undefined) throw new Error(`There is no user ${userId}.`);
    return new Person(this.#desk(), user);
  }

  #desk(): Desk {
    return {
      world: this.world,
      links: this.links,
      url: () => this.#url,
      commands: this.#options.commands ?? ["/cluster"],
      events: this.#options.events ?? ["app_home_opened", "app_mention"],
      deliver: (kind, payload) => this.deliver(kind, payload),
    };
  }

  /** What everybody sees in a channel, outside of threads, oldest first. */
  messages(channel: string): FakeMessage[] {
    return this.world.messages.filter(
      (each) => each.channel === channel && each.threadTs === null && each.onlyFor === null && !each.deleted,
    );
  }

  /** The answers below a message that everybody sees. */
  thread(ts: string): FakeMessage[] {
    return this.world.messages.filter((each) => each.threadTs === ts && each.onlyFor === null && !each.deleted);
  }

  /** What one person alone sees. */
  ephemeral(user: string): FakeMessage[] {
    return this.world.messages.filter((each) => each.onlyFor === user && !each.deleted);
  }

  /** Resolves once it is so. */
  until(met: () => boolean): Promise<void> {
    return this.world.until(met);
  }

  /** Sends any payload to the app. For a forged one, take an honest one out of `deliveries` and change it. */
  deliver(kind: DeliveryKind, payload: Shape): Promise<Delivery> {
    return (this.requests ?? this.sockets).deliver(kind, payload);
  }

  /** Starts to listen, with further pages beside the API. */
  async listen(pages: Hono<{ Bindings: HttpBindings }>): Promise<void> {
    const { world, tokens, links, troubles, calls } = this;
    const app = apiRoutes({
      world,
      tokens,
      links,
      troubles,
      calls,
      limits: this.#limits,
      editWindow: this.#options.editWindow ?? null,
      url: () => this.#url,
      socketPath: () => this.sockets.ticket(),
    });
    app.route("/", pages);
    const server = await new Promise<Server>((resolve, reject) => {
      const listening = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: this.#options.port ?? 0 }, (info) => {
        this.#url = `http://127.0.0.1:${info.port}`;
        resolve(listening as Server);
      });
      listening.once("error", reject);
    });
    server.on("upgrade", (request, socket, head) => {
      if (troubles.isDown) socket.destroy();
      else this.sockets.upgrade(request, socket, head);
    });
    this.#server = server;
  }

  async close(): Promise<void> {
    this.sockets.close();
    this.#server?.closeAllConnections();
    await new Promise((resolve) => (this.#server === null ? resolve(null) : this.#server.close(resolve)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Slack is not there any more: sockets break, and calls are refused or hang. */
  down(how: "refused" | "hung" = "refused"): void {
    this.troubles.down(how);
    this.sockets.cut();
  }

  up(): void {
    this.troubles.up();
  }
}
