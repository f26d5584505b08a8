import { findControl, valuesOf, type Entry } from "./controls.ts";
import { actionShape, Hand, nothing, type Desk, type Outcome, type Press } from "./hand.ts";
import * as payloads from "./payloads.ts";
import type { FakeUser } from "./people.ts";
import { Seat } from "./seat.ts";
import { isShape, shapesIn } from "./shape.ts";
import { takeSubmission } from "./submission.ts";
import { closeViews, stackOf } from "./views.ts";
import type { FakeView } from "./workspace.ts";

/** Somebody in the workspace. */
export class Person {
  readonly user: FakeUser;
  readonly #desk: Desk;
  readonly #hand: Hand;

  constructor(desk: Desk, user: FakeUser) {
    this.#desk = desk;
    this.user = user;
    this.#hand = new Hand(desk, user);
  }

  /** The person in a channel; throws when they cannot be there. */
  in(channelId: string): Seat {
    const channel = this.#desk.world.channels.get(channelId);
    if (channel === undefined) throw new Error(`There is no channel ${channelId}.`);
    if (channel.kind !== "public" && !channel.members.has(this.user.id))
      throw new Error(`${this.user.name} is not in ${channel.name}.`);
    return new Seat(this.#hand, channel);
  }

  /** The modal on top; null when there is none. */
  get modal(): FakeView | null {
    return stackOf(this.#desk.world, this.user.id).at(-1) ?? null;
  }

  get home(): FakeView | null {
    return this.#desk.world.views.find((each) => each.type === "home" && each.user === this.user.id) ?? null;
  }

  /** Opens the app's Home tab. */
  async opensHome(): Promise<Outcome> {
    const { world, events } = this.#desk;
    if (!events.includes("app_home_opened")) return nothing;
    const channel = [...world.channels.values()].find(
      ({ kind, members }) => kind === "im" && members.has(this.user.id),
    );
    const event = { type: "app_home_opened", user: this.user.id, channel: channel?.id ?? "D0NEW", tab: "home" };
    return this.#hand.sends("events_api", payloads.eventPayload(world, event), channel?.id ?? "");
  }

  usesShortcut(callbackId: string): Promise<Outcome> {
    return this.#hand.sends("interactive", payloads.shortcutPayload(this.#hand.doing("", null), callbackId), "");
  }

  /** Presses a button or chooses something in the modal on top, or in App Home. */
  async clicks(shown: FakeView, name: string, { confirm = true, entry = "" }: Press = {}): Promise<Outcome> {
    const blocks = shapesIn(shown.view.blocks);
    const control = findControl(blocks, name);
    if (isShape(control.element.confirm) && !confirm) return nothing;
    const values = valuesOf(blocks, {}, false);
    const payload = payloads.viewActionsPayload(
      this.#hand.doing("", null),
      shown,
      actionShape(this.#desk.world, control, entry),
      values,
    );
    return this.#hand.sends("interactive", payload, "");
  }

  /**
   * Fills in and submits the modal. Throws when Slack's client would not let them. `trouble` is what the modal says
   * when the app refuses, block by block, or does not answer.
   */
  async submits(shown: FakeView, entries: Readonly<Record<string, Entry>> = {}): Promise<Outcome> {
    if (shown !== this.modal) throw new Error("This modal is not on top.");
    if (!isShape(shown.view.submit)) throw new Error("This modal has no button to submit it.");
    const values = valuesOf(shapesIn(shown.view.blocks), entries, true);
    const outcome = await this.#hand.sends(
      "interactive",
      payloads.submissionPayload(this.#hand.doing("", null), shown, values),
      "",
    );
    const trouble = outcome.trouble ?? takeSubmission(this.#desk.world, shown, outcome.delivery?.ack ?? {});
    return { ...outcome, trouble };
  }

  /** Closes the modal on top; the app hears of it when it asked to. */
  async closes(shown: FakeView): Promise<Outcome> {
    const all = shown.view.clear_on_close === true;
    closeViews(this.#desk.world, this.user.id, all ? null : shown);
    if (shown.view.notify_on_close !== true) return nothing;
    return this.#hand.sends("interactive", payloads.closedPayload(this.#hand.doing("", null), shown, all), "");
  }
}
