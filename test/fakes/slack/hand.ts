import type { Delivery, DeliveryKind } from "./delivery.ts";
import type { findControl } from "./controls.ts";
import { stateOf, type Entry } from "./controls.ts";
import type { Links } from "./links.ts";
import type { Doing } from "./payloads.ts";
import type { FakeUser } from "./people.ts";
import { inWords, textOf, type Shape } from "./shape.ts";
import type { FakeMessage, Workspace } from "./workspace.ts";

/** What people do with. */
export interface Desk {
  readonly world: Workspace;
  readonly links: Links;
  readonly url: () => string;
  readonly commands: readonly string[];
  readonly events: readonly string[];
  readonly deliver: (kind: DeliveryKind, payload: Shape) => Promise<Delivery>;
}

/** What a person gets for what they did. */
export interface Outcome {
  /** Null when nothing was sent to the app: a dialog was cancelled, or Slack itself refused. */
  readonly delivery: Delivery | null;
  /** What Slack says when something went wrong; null when all is well. */
  readonly trouble: string | null;
  /** What only this person has been shown in this channel since; it grows while the app answers. */
  readonly answers: readonly FakeMessage[];
}

/** How a button is pressed. */
export interface Press {
  /** Whether the person says yes to the confirmation dialog, if there is one. They do unless told otherwise. */
  readonly confirm?: boolean;
  /** Presses on an older state of the message, as a client that has not heard of the newest would show it. */
  readonly version?: number;
  /** What is chosen, for everything that is no button. */
  readonly entry?: Entry;
}

/** Nothing was sent to the app. */
export const nothing: Outcome = { delivery: null, trouble: null, answers: [] };

/** What a person does to the app, wherever they are. */
export class Hand {
  readonly desk: Desk;
  readonly user: FakeUser;

  constructor(desk: Desk, user: FakeUser) {
    this.desk = desk;
    this.user = user;
  }

  /** The two keys that go with what is done here. */
  doing(channel: string, message: FakeMessage | null): Doing {
    const { world, links, url } = this.desk;
    const target = {
      user: this.user.id,
      channel,
      messageTs: message?.ts ?? null,
      threadTs: message?.threadTs ?? null,
    };
    return {
      world,
      user: this.user,
      triggerId: links.trigger(this.user.id),
      responseUrl: url() + links.response(target),
    };
  }

  /** Sends something to the app, and gathers what this person is shown for it. */
  async sends(kind: DeliveryKind, payload: Shape, channel: string): Promise<Outcome> {
    const { world, deliver } = this.desk;
    const before = world.messages.length;
    const delivery = await deliver(kind, payload);
    return {
      delivery,
      trouble: troubleOf(delivery, payload),
      get answers() {
        const later = world.messages.slice(before);
        return later.filter((each) => each.onlyFor === textUser(payload) && each.channel === channel && !each.deleted);
      },
    };
  }
}

function textUser(payload: Shape): string {
  return textOf(payload, "user_id") ?? textOf(payload.user, "id") ?? "";
}

/** What Slack's client says when the app does not acknowledge in time. */
function troubleOf({ state }: Delivery, payload: Shape): string | null {
  if (state === "acked") return null;
  if (payload.command === undefined) return "We had some trouble connecting. Try again?";
  const code = state === "undelivered" ? "dispatch_failed" : "operation_timeout";
  return `${inWords(payload.command)} failed with the error "${code}"`;
}

/** The `actions` entry of a payload. */
export function actionShape(world: Workspace, { block, element }: ReturnType<typeof findControl>, entry: Entry): Shape {
  const { type, action_id: id, value, text, style } = element;
  const base = { action_id: id, block_id: block.block_id, type, action_ts: world.nextTs() };
  if (type !== "button") return { ...base, ...stateOf(element, entry) };
  return { ...base, text, ...(value === undefined ? {} : { value }), ...(style === undefined ? {} : { style }) };
}
