import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import { ackDeadline, type Delivery, type DeliveryKind, type Transport } from "./delivery.ts";
import { isShape, type Shape } from "./shape.ts";
import type { Workspace } from "./workspace.ts";

/** Slack allows an app this many at once. */
const mostConnections = 10;
/** An event that is not acknowledged comes again at once, after a minute and after five. */
const redeliveries = [0, 60_000, 5 * 60_000];
const pingEvery = 5000;

/** Why Slack asks a client to leave; `link_disabled` is final. */
export type DisconnectReason = "warning" | "refresh_requested" | "link_disabled";

interface Connection {
  readonly number: number;
  readonly socket: WebSocket;
}

/** Socket Mode: one-time addresses, connections, envelopes and their acknowledgements. */
export class Sockets implements Transport {
  readonly deliveries: Delivery[] = [];
  /** How many envelopes are sent twice from now on, under the same id. */
  duplicates = 0;
  /** How many acknowledgements are cut off: they arrive nowhere, and their connection breaks. */
  cutAcks = 0;
  /** Chooses the connection for an envelope; Slack's choice is arbitrary. */
  choose: (count: number) => number = (count) => Math.floor(Math.random() * count);
  readonly #world: Workspace;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #tickets = new Set<string>();
  readonly #open: Connection[] = [];
  readonly #waiting = new Map<string, { readonly delivery: Delivery; readonly sentAt: number; settle: () => void }>();
  #opened = 0;
  #closing = false;

  constructor(world: Workspace) {
    this.#world = world;
  }

  get connections(): number {
    return this.#open.length;
  }

  /** The path of a new address; it works for one connection. */
  ticket(): string {
    const ticket = randomUUID();
    this.#tickets.add(ticket);
    return `/link/?ticket=${ticket}&app_id=${this.#world.population.appId}`;
  }

  /** Takes a request to become a WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? "/", "http://localhost").searchParams.get("ticket") ?? "";
    if (!this.#tickets.delete(ticket)) {
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (client) => this.#accept(client));
  }

  #accept(socket: WebSocket): void {
    socket.on("error", () => socket.terminate());
    if (this.#open.length >= mostConnections) {
      socket.send(JSON.stringify({ type: "disconnect", reason: "too_many_websockets" }));
      socket.close();
      return;
    }
    this.#opened += 1;
    const connection = { number: this.#opened, socket };
    this.#open.push(connection);
    const pings = setInterval(() => socket.ping(), pingEvery).unref();
    socket.on("close", () => {
      clearInterval(pings);
      this.#open.splice(this.#open.indexOf(connection), 1);
      this.#world.changed();
    });
    socket.on("message", (data: Buffer) => this.#receive(connection, data.toString()));
    socket.ping();
    socket.send(
      JSON.stringify({
        type: "hello",
        num_connections: this.#open.length,
        connection_info: { app_id: this.#world.population.appId },
        debug_info: { host: "applink-1", build_number: 1, approximate_connection_time: 18_060 },
      }),
    );
    this.#world.changed();
  }

  #receive({ socket }: Connection, text: string): void {
    const message: unknown = JSON.parse(text);
    const id = isShape(message) ? message.envelope_id : undefined;
    if (!isShape(message) || typeof id !== "string") {
      this.#world.wrongs.push(`the app sent something over its socket that is no acknowledgement: ${text}`);
      return;
    }
    if (this.cutAcks > 0) {
      this.cutAcks -= 1;
      socket.terminate();
      return;
    }
    const found = this.#waiting.get(id);
    const delivery = found?.delivery ?? this.deliveries.findLast((each) => each.id === id);
    if (delivery === undefined) this.#world.wrongs.push(`the app acknowledged an envelope that was never sent: ${id}`);
    else if (found === undefined && delivery.state === "unacked") delivery.state = "late";
    else if (found !== undefined) this.#settle(found, isShape(message.payload) ? message.payload : {});
    this.#world.changed();
  }

  #settle({ delivery, sentAt, settle }: { delivery: Delivery; sentAt: number; settle: () => void }, ack: Shape): void {
    if (Object.keys(ack).length > 0 && !acceptsPayload(delivery))
      this.#world.wrongs.push(
        `the app answered something in an acknowledgement that takes no answer: ${JSON.stringify(ack)}`,
      );
    delivery.state = "acked";
    delivery.ack = ack;
    delivery.latency = performance.now() - sentAt;
    this.#waiting.delete(delivery.id);
    settle();
  }

  deliver(kind: DeliveryKind, payload: Shape): Promise<Delivery> {
    const delivery: Delivery = {
      id: randomUUID(),
      kind,
      payload,
      connection: null,
      state: "waiting",
      ack: {},
      latency: null,
    };
    this.deliveries.push(delivery);
    return this.#attempt(delivery, 0);
  }

  async #attempt(delivery: Delivery, attempt: number): Promise<Delivery> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = this.#world.clock.after(ackDeadline, () => {
      this.#waiting.delete(delivery.id);
      delivery.state = "unacked";
      resolve();
    });
    this.#waiting.set(delivery.id, { delivery, sentAt: performance.now(), settle: resolve });
    if (this.#send(delivery, attempt)) {
      await promise;
    } else {
      this.#waiting.delete(delivery.id);
      delivery.state = "undelivered";
    }
    stop();
    this.#world.changed();
    if (delivery.kind === "events_api" && delivery.state !== "acked") this.#again(delivery, attempt);
    return delivery;
  }

  #again(delivery: Delivery, attempt: number): void {
    const wait = redeliveries[attempt];
    if (wait === undefined || this.#closing) return;
    this.#world.clock.after(wait, () => {
      delivery.state = "waiting";
      void this.#attempt(delivery, attempt + 1);
    });
  }

  /** Sends an envelope once more, as if Slack had lost the acknowledgement. */
  resend(delivery: Delivery): void {
    this.#send(delivery, 0);
  }

  #send(delivery: Delivery, attempt: number): boolean {
    const envelope = JSON.stringify({
      envelope_id: delivery.id,
      type: delivery.kind,
      accepts_response_payload: acceptsPayload(delivery),
      payload: delivery.payload,
      ...(delivery.kind === "events_api"
        ? { retry_attempt: attempt, retry_reason: attempt === 0 ? "" : "timeout" }
        : {}),
    });
    const times = this.duplicates > 0 ? 2 : 1;
    if (times === 2) this.duplicates -= 1;
    for (let time = 0; time < times; time += 1) {
      const ready = this.#open.filter(({ socket }) => socket.readyState === WebSocket.OPEN);
      const connection = ready[this.choose(ready.length)];
      if (connection === undefined) return false;
      delivery.connection = connection.number;
      connection.socket.send(envelope);
    }
    return true;
  }

  /** Tells every connection, or the oldest ones, to leave; `warning` leaves them open. */
  disconnect(reason: DisconnectReason, count = this.#open.length): void {
    for (const { socket } of this.#open.slice(0, count)) {
      socket.send(JSON.stringify({ type: "disconnect", reason, debug_info: { host: "applink-1" } }));
      if (reason !== "warning") socket.close();
    }
  }

  /** Breaks the oldest connections without a word. */
  cut(count = this.#open.length): void {
    for (const { socket } of this.#open.slice(0, count)) socket.terminate();
  }

  close(): void {
    this.#closing = true;
    for (const { socket } of [...this.#open]) socket.terminate();
    this.#server.close();
  }
}

/** Slack takes an answer in the acknowledgement of commands and of submitted views. */
function acceptsPayload({ kind, payload }: Delivery): boolean {
  return kind === "slash_commands" || (kind === "interactive" && payload.type === "view_submission");
}
