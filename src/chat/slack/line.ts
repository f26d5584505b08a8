import { SocketModeClient } from "@slack/socket-mode";
import { z } from "zod";
import type { Secret } from "../../core/secret.ts";
import { quietLogger, webOptions, type Log } from "./client.ts";

/** Something that Slack sends, over a socket or as a request. */
export interface Envelope {
  readonly kind: string;
  /** The same when it is sent again; `null` where Slack gives none. */
  readonly id: string | null;
  readonly body: unknown;
}

/** What is to be done about an envelope: what to answer at once, and what to do after that. */
export interface Received {
  readonly answer?: object;
  /** Never rejects. */
  readonly work: () => Promise<void>;
}

/** What a line needs. */
export interface LineOptions {
  readonly appToken: Secret<string>;
  /** `https://slack.com/api/`. */
  readonly apiUrl: string;
  readonly log: Log;
  readonly receive: (envelope: Envelope) => Received;
}

/** One connection to Slack that is open. */
export interface Line {
  /** How many connections the app has, this one included. */
  readonly connections: number;
  /** Resolves when Slack is about to close it, with Slack's reason, or with `closed` when it was closed already. */
  readonly leaving: Promise<string>;
  readonly closed: Promise<void>;
  close(): void;
}

/** Milliseconds until Slack must have said hello. */
const helloMs = 15_000;
/** Milliseconds Slack has to answer our goodbye. */
const goodbyeMs = 1000;

const Hello = z.object({ type: z.literal("hello"), num_connections: z.number() });
const Disconnect = z.object({ type: z.literal("disconnect"), reason: z.string() });
const Delivered = z.object({ type: z.string(), envelope_id: z.string(), body: z.unknown() });

/**
 * The library's client without its own way to reconnect: that waits at least five seconds with no connection, ends the
 * process by a promise nobody catches, and after a long outage tries again in many minutes only.
 */
class Connection extends SocketModeClient {
  readonly #log: Log;

  constructor({ appToken, apiUrl, log }: LineOptions) {
    super({
      appToken: appToken.reveal(),
      autoReconnectEnabled: false,
      logger: quietLogger(log),
      clientOptions: webOptions(apiUrl, log),
    });
    this.#log = log;
  }

  /** Lets a connection that Slack is about to close live until the next one is open. */
  protected override async onWebSocketMessage(data: string | ArrayBuffer, isBinary: boolean): Promise<void> {
    const message = typeof data === "string" ? parsed(data) : undefined;
    const disconnect = Disconnect.safeParse(message);
    if (disconnect.success) {
      this.emit("leaving", disconnect.data.reason);
      return;
    }
    const hello = Hello.safeParse(message);
    if (hello.success) this.emit("hello", hello.data.num_connections);
    try {
      await super.onWebSocketMessage(data, isBinary);
    } catch (error) {
      // Without the message: what people type is nobody's business in a log.
      this.#log.warn({ err: error }, "Slack sent something that cannot be read");
    }
  }
}

/** Opens one connection. @throws when Slack refuses it or says nothing for 15 seconds. */
export async function openLine(options: LineOptions): Promise<Line> {
  const client = new Connection(options);
  const { promise: leaving, resolve: leave } = Promise.withResolvers<string>();
  const { promise: closed, resolve: shut } = Promise.withResolvers<void>();
  let connections = 0;
  client.on("hello", (count: number) => (connections = count));
  client.on("leaving", leave);
  client.once("disconnected", () => {
    leave("closed");
    shut();
  });
  client.on("slack_event", (delivered: object) => take(delivered, options));
  const close = () => hangUp(client, closed);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("Slack did not say hello")), helloMs);
  try {
    await Promise.race([client.start(), late.promise]);
  } catch (error) {
    close();
    throw error ?? new Error("Slack closed the connection before its hello");
  } finally {
    clearTimeout(timer);
  }
  return { connections, leaving, closed, close };
}

/** Acknowledges first. What is done after that is done also when Slack did not hear it: Slack sends it again then. */
function take(delivered: object, { receive, log }: LineOptions): void {
  const { type: kind, envelope_id: id, body } = Delivered.parse(delivered);
  const { answer, work } = receive({ kind, id, body });
  if ("ack" in delivered && typeof delivered.ack === "function") {
    const acknowledged: Promise<void> = delivered.ack(answer);
    acknowledged.catch((error: unknown) => log.warn({ err: error, kind }, "Slack could not be told that it was heard"));
  }
  // Whatever else has arrived is acknowledged before any of the work begins.
  setImmediate(() => void work());
}

function hangUp(client: Connection, closed: Promise<void>): void {
  const bye = client.disconnect();
  // A second goodbye cuts the connection of a peer that does not answer the first.
  const timer = setTimeout(() => client.websocket?.disconnect(), goodbyeMs);
  void Promise.race([bye, closed]).finally(() => clearTimeout(timer));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
