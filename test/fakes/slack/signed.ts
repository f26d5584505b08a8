import { createHmac, randomUUID } from "node:crypto";
import { ackDeadline, type Delivery, type DeliveryKind, type Transport } from "./delivery.ts";
import { isShape, type Shape } from "./shape.ts";
import type { Workspace } from "./workspace.ts";

/** Where the app listens, and the secret that it shares with Slack. */
export interface RequestUrl {
  readonly url: string;
  readonly signingSecret: string;
}

/** How a request lies; without it, it is honest. */
export interface Forgery {
  /** Seconds between the request's timestamp and now: negative for one from the past. */
  readonly skew?: number;
  /** Signs with this instead. */
  readonly secret?: string;
  /** Sends this as the signature. */
  readonly signature?: string;
  /** Sends another body than the one that was signed. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as it went out, for sending the very same one again. */
export interface SignedRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** `v0=…` (docs.slack.dev/authentication/verifying-requests-from-slack). */
function signatureOf(secret: string, timestamp: number, body: string): string {
  return `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex")}`;
}

const form = "application/x-www-form-urlencoded";

function bodyOf(kind: DeliveryKind, payload: Shape): { body: string; type: string } {
  if (kind === "events_api") return { body: JSON.stringify(payload), type: "application/json" };
  const fields =
    kind === "interactive"
      ? { payload: JSON.stringify(payload) }
      : Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, String(value)]));
  return { body: new URLSearchParams(fields).toString(), type: form };
}

/** HTTP mode: the same payloads as signed requests to the app's request URL. */
export class Requests implements Transport {
  readonly deliveries: Delivery[] = [];
  readonly #world: Workspace;
  readonly #to: RequestUrl;

  constructor(world: Workspace, to: RequestUrl) {
    this.#world = world;
    this.#to = to;
  }

  /** Signs a payload, honestly or not, without sending it. */
  sign(kind: DeliveryKind, payload: Shape, forgery: Forgery = {}): SignedRequest {
    const { body, type } = bodyOf(kind, payload);
    return this.#signed(body, type, forgery);
  }

  #signed(body: string, type: string, forgery: Forgery): SignedRequest {
    const timestamp = Math.floor(this.#world.clock.now() / 1000) + (forgery.skew ?? 0);
    const honest = signatureOf(forgery.secret ?? this.#to.signingSecret, timestamp, body);
    return {
      body: forgery.body ?? body,
      headers: {
        "content-type": type,
        "x-slack-request-timestamp": String(timestamp),
        "x-slack-signature": forgery.signature ?? honest,
        ...forgery.headers,
      },
    };
  }

  /** Sends a request; sending one twice is a replay. Rejects when the app does not answer within three seconds. */
  async send({ body, headers }: SignedRequest): Promise<HttpAnswer> {
    const signal = AbortSignal.timeout(ackDeadline);
    const response = await fetch(this.#to.url, { method: "POST", body, headers, signal, redirect: "error" });
    return { status: response.status, text: await response.text() };
  }

  /** Asks whether the address belongs to the app, which has to answer the challenge. */
  verifyUrl(challenge: string, forgery: Forgery = {}): Promise<HttpAnswer> {
    const body = JSON.stringify({ type: "url_verification", token: "legacy", challenge });
    return this.send(this.#signed(body, "application/json", forgery));
  }

  /** Looks whether the certificate is good; the app answers 200 and does nothing. */
  checkSsl(forgery: Forgery = {}): Promise<HttpAnswer> {
    return this.send(this.#signed("ssl_check=1&token=legacy", form, forgery));
  }

  async deliver(kind: DeliveryKind, payload: Shape): Promise<Delivery> {
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
    const startedAt = performance.now();
    try {
      const { status, text } = await this.send(this.sign(kind, payload));
      delivery.state = status === 200 ? "acked" : "unacked";
      delivery.latency = performance.now() - startedAt;
      delivery.ack = parseAck(text);
    } catch (error) {
      delivery.state = error instanceof Error && error.name === "TimeoutError" ? "unacked" : "undelivered";
    }
    this.#world.changed();
    return delivery;
  }
}

/** An answer in plain text is a message, as in Slack. */
function parseAck(text: string): Shape {
  if (text === "") return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return isShape(parsed) ? parsed : { text };
  } catch {
    return { text };
  }
}
