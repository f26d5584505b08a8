import type { IncomingMessage, Server } from "node:http";
import { GatewayOpcodes as Op } from "discord-api-types/v10";
import type { GatewayReadyDispatchData } from "discord-api-types/v10";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { z } from "zod";
import { intentsOf, refuseIdentify, resumeForm, StartLimit } from "./handshake.ts";
import { Session } from "./session.ts";
import type { Snowflakes } from "./snowflakes.ts";
import { guildCreateView, userView } from "./views.ts";
import type { World } from "./world.ts";

const payloadForm = z.looseObject({ op: z.number().int(), d: z.unknown().optional() });

/** How to run the gateway. */
export interface GatewayOptions {
  readonly world: World;
  readonly snowflakes: Snowflakes;
  readonly now: () => number;
  readonly changed: () => void;
  readonly wrong: (line: string) => void;
  readonly acceptsToken: (token: string) => boolean;
  /** `ws://127.0.0.1:PORT`. */
  readonly url: () => string;
  readonly heartbeatMs: number;
}

/** How long a session may be resumed; Discord says "a few minutes". */
const resumeMs = 180_000;

/** The gateway: sessions, heartbeats, resuming, and what a test does to them. */
export class Gateway {
  /** Sessions that live or may be resumed. */
  readonly sessions: Session[] = [];
  /** Everything the bot sent, in order. */
  readonly received: { readonly op: number; readonly d: unknown }[] = [];
  /** The codes with which sockets were closed, by either side. */
  readonly closes: number[] = [];
  /** While true heartbeats stay unanswered and nothing is sent. */
  zombie = false;
  /** While true nobody gets in. */
  down = false;
  /** How often somebody resumed. */
  resumes = 0;
  readonly #options: GatewayOptions;
  readonly #server = new WebSocketServer({ noServer: true });
  /** IDENTIFYs are counted. */
  readonly starts: StartLimit;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.starts = new StartLimit(options.now);
    this.#server.on("connection", (socket: WebSocket, request: IncomingMessage) => this.#connect(socket, request));
  }

  listenOn(server: Server): void {
    server.on("upgrade", (request, socket, head) => {
      if (this.down) socket.destroy();
      else this.#server.handleUpgrade(request, socket, head, (ws) => this.#server.emit("connection", ws, request));
    });
  }

  /** Is a bot listening? */
  get connected(): boolean {
    return this.sessions.some(({ socket }) => socket !== null);
  }

  /** Tells every session that there is; those that are away hear it when they resume. */
  dispatch(t: string, d: unknown, guildId: string | null): void {
    for (const session of this.sessions) session.dispatch(t, d, guildId);
  }

  /** Asks the bot to reconnect (op 7). */
  reconnect(): void {
    this.#send({ op: Op.Reconnect, d: null });
  }

  /** Says INVALID_SESSION (op 9); a session that may be resumed is so on the same socket, any other is gone. */
  invalidate(resumable: boolean): void {
    this.#send({ op: Op.InvalidSession, d: resumable });
    for (const session of this.sessions) session.leave(this.#options.now());
    if (!resumable) this.sessions.splice(0);
  }

  /** Asks for a heartbeat at once (op 1). */
  askHeartbeat(): void {
    this.#send({ op: Op.Heartbeat, d: null });
  }

  /** Closes every socket with a code, or without any as a cut cable does; the sessions may be resumed. */
  cut(code?: number): void {
    for (const socket of this.#server.clients) {
      if (code === undefined) socket.terminate();
      else socket.close(code);
    }
  }

  /** The sessions are gone; whoever resumes is told to start again. */
  forget(): void {
    this.cut();
    this.sessions.splice(0);
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #send(payload: unknown): void {
    for (const { socket } of this.sessions) socket?.send(JSON.stringify(payload));
  }

  #connect(socket: WebSocket, request: IncomingMessage): void {
    const query = new URL(request.url ?? "/", "ws://127.0.0.1").searchParams;
    if (query.get("v") !== "10" || query.get("encoding") !== "json")
      return socket.close(4012, "Invalid API version(s)");
    const { now, changed, heartbeatMs } = this.#options;
    const sends: number[] = [];
    let silent: NodeJS.Timeout | undefined;
    // Discord closes a socket whose client has not been heard for somewhat more than an interval.
    const heard = () => {
      clearTimeout(silent);
      silent = setTimeout(() => socket.close(4000), heartbeatMs * 2);
    };
    heard();
    socket.send(JSON.stringify({ op: Op.Hello, t: null, s: null, d: { heartbeat_interval: heartbeatMs } }));
    socket.on("message", (data: Buffer) => {
      sends.push(now());
      if (sends.filter((at) => now() - at < 60_000).length > 120) return socket.close(4008, "Rate limited.");
      if (data.length > 4096) return socket.close(4002, "Payload too large.");
      heard();
      this.#receive(socket, data.toString());
      changed();
      return undefined;
    });
    socket.on("close", (code: number) => {
      clearTimeout(silent);
      this.closes.push(code);
      this.#part(socket, code);
      changed();
    });
    socket.on("error", () => socket.terminate());
    return undefined;
  }

  /** 1000 and 1001 end a session; after anything else it may be resumed. */
  #part(socket: WebSocket, code: number): void {
    const session = this.#of(socket);
    if (session === undefined) return;
    session.leave(this.#options.now());
    if (code === 1000 || code === 1001) this.sessions.splice(this.sessions.indexOf(session), 1);
  }

  #of(socket: WebSocket): Session | undefined {
    return this.sessions.find((session) => session.socket === socket);
  }

  #receive(socket: WebSocket, text: string): void {
    let payload: z.infer<typeof payloadForm>;
    try {
      payload = payloadForm.parse(JSON.parse(text));
    } catch {
      return socket.close(4002, "Error while decoding payload.");
    }
    const { d } = payload;
    this.received.push({ op: payload.op, d });
    const { data: op } = z.enum(Op).safeParse(payload.op);
    const session = this.#of(socket);
    if (op === Op.Heartbeat) {
      if (session !== undefined && typeof d === "number") session.acknowledged = d;
      if (!this.zombie) socket.send(JSON.stringify({ op: Op.HeartbeatAck }));
    } else if (op === Op.Identify) {
      if (session !== undefined) return socket.close(4005, "Already authenticated.");
      this.#identify(socket, d);
    } else if (op === Op.Resume) {
      if (session !== undefined) return socket.close(4005, "Already authenticated.");
      this.#resume(socket, d);
    } else if (session === undefined) return socket.close(4003, "Not authenticated.");
    else if (op !== Op.PresenceUpdate && op !== Op.RequestGuildMembers && op !== Op.VoiceStateUpdate)
      return socket.close(4001, "Unknown opcode.");
    return undefined;
  }

  #identify(socket: WebSocket, d: unknown): void {
    const { acceptsToken, world, snowflakes, url, wrong } = this.#options;
    const refusal = refuseIdentify(d, world.application.flags, acceptsToken);
    if (refusal !== null) return socket.close(refusal.code, refusal.reason);
    if (!this.starts.take()) {
      wrong("identified more than 1,000 times in a day: Discord resets the token");
      return socket.close(4004, "Authentication failed.");
    }
    const session = new Session(snowflakes.next(), intentsOf(d));
    session.socket = socket;
    this.sessions.push(session);
    const me = world.application;
    const guilds = [...world.guilds.values()].filter(({ id }) => world.botIn(id));
    const ready: GatewayReadyDispatchData = {
      v: 10,
      user: userView(world.user(me.id)),
      guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
      session_id: session.id,
      resume_gateway_url: `${url()}/resume`,
      application: { id: me.id, flags: me.flags, flags_new: String(me.flags) },
      shard: [0, 1],
    };
    session.dispatch("READY", ready, null);
    for (const guild of guilds) session.dispatch("GUILD_CREATE", guildCreateView(world, guild), guild.id);
    return undefined;
  }

  #resume(socket: WebSocket, d: unknown): void {
    const parsed = resumeForm.safeParse(d);
    if (!parsed.success) return socket.close(4002, "Error while decoding payload.");
    const { token, session_id: id, seq } = parsed.data;
    if (!this.#options.acceptsToken(token)) return socket.close(4004, "Authentication failed.");
    const session = this.sessions.find((each) => each.id === id);
    const away = this.#options.now() - (session?.awaySince ?? this.#options.now());
    if (session === undefined || away > resumeMs) {
      if (session !== undefined) this.sessions.splice(this.sessions.indexOf(session), 1);
      socket.send(JSON.stringify({ op: Op.InvalidSession, d: false, s: null, t: null }));
      return undefined;
    }
    if (seq !== null && seq > session.events.length) return socket.close(4007, "Invalid seq.");
    session.socket?.terminate();
    session.socket = socket;
    session.awaySince = null;
    this.resumes += 1;
    session.replayAfter(seq ?? 0);
    session.dispatch("RESUMED", {}, null);
    return undefined;
  }
}
