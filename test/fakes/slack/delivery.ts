import type { Shape } from "./shape.ts";

/** The three kinds of things that Slack sends to an app. */
export type DeliveryKind = "slash_commands" | "interactive" | "events_api";

/** Slack waits this long for an acknowledgement, in milliseconds. */
export const ackDeadline = 3000;

/** Something that was sent to the app, and what came of it. */
export interface Delivery {
  /** The `envelope_id`; a redelivery has the same one. */
  readonly id: string;
  readonly kind: DeliveryKind;
  readonly payload: Shape;
  /** The number of the connection it went to; null when there was none, or over HTTP. */
  connection: number | null;
  /** `undelivered`: there was nobody to send it to. `late`: acknowledged after three seconds, which is too late. */
  state: "waiting" | "acked" | "late" | "unacked" | "undelivered";
  /** What the acknowledgement said. */
  ack: Shape;
  /** How long the acknowledgement took, in milliseconds. */
  latency: number | null;
}

/** A way to the app. */
export interface Transport {
  /** Resolves with the acknowledgement, or when it is too late for one. */
  deliver(kind: DeliveryKind, payload: Shape): Promise<Delivery>;
}
