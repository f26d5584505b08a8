import { findControl, valuesOf } from "./controls.ts";
import type { Delivery } from "./delivery.ts";
import { actionShape, nothing, type Hand, type Outcome, type Press } from "./hand.ts";
import * as payloads from "./payloads.ts";
import type { FakeChannel } from "./people.ts";
import { Refusal } from "./refusal.ts";
import { respond } from "./response-url.ts";
import { isShape, type Shape } from "./shape.ts";
import type { FakeMessage } from "./workspace.ts";

/** A person who looks at a channel. */
export class Seat {
  readonly #hand: Hand;
  readonly channel: FakeChannel;

  constructor(hand: Hand, channel: FakeChannel) {
    this.#hand = hand;
    this.channel = channel;
  }

  /** Types into the box below the channel, or below a thread, where Slack takes no commands of apps. */
  async types(text: string, thread: string | null = null): Promise<Outcome> {
    const [, command, rest = ""] = /^(\/\S+)\s*([^]*)$/.exec(text) ?? [];
    if (command === undefined) return this.#says(text, thread);
    if (thread !== null) return this.#slackbot(`${command} is not supported in threads. Sorry!`);
    if (!this.#hand.desk.commands.includes(command))
      return this.#slackbot(
        `${command} is not a valid command. In Slack, all messages that start with the "/" character are interpreted as commands.`,
      );
    const doing = this.#hand.doing(this.channel.id, null);
    const escaped = rest.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    const payload = payloads.commandPayload(doing, this.channel, command, escaped.trimEnd());
    const outcome = await this.#hand.sends("slash_commands", payload, this.channel.id);
    if (outcome.trouble !== null) return this.#slackbot(outcome.trouble, outcome.delivery);
    this.#takeAck(outcome.delivery?.ack ?? {});
    return outcome;
  }

  /** An acknowledgement of a command may carry the answer. */
  #takeAck(ack: Shape): void {
    if (ack.text === undefined && ack.blocks === undefined) return;
    const { user } = this.#hand;
    try {
      respond(this.#hand.desk.world, { user: user.id, channel: this.channel.id, messageTs: null, threadTs: null }, ack);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#hand.desk.world.wrongs.push(`the acknowledgement of a command is no message: ${error.code}`);
    }
  }

  #slackbot(text: string, delivery: Delivery | null = null): Outcome {
    const { id: onlyFor } = this.#hand.user;
    const message = this.#hand.desk.world.post({ channel: this.channel.id, user: null, text, onlyFor });
    return { delivery, trouble: text, answers: [message] };
  }

  async #says(text: string, threadTs: string | null): Promise<Outcome> {
    const { world, events } = this.#hand.desk;
    const { id: user } = this.#hand.user;
    const { ts } = world.post({ channel: this.channel.id, user, text, threadTs });
    const type = text.includes(`<@${world.population.botUserId}>`)
      ? "app_mention"
      : `message.${eventFamily(this.channel)}`;
    if (!events.includes(type) || !this.channel.members.has(world.population.botUserId)) return nothing;
    const thread = threadTs === null ? {} : { thread_ts: threadTs };
    const event = { type: type.split(".")[0], user, text, ts, channel: this.channel.id, ...thread };
    return this.#hand.sends("events_api", payloads.eventPayload(world, event), this.channel.id);
  }

  /** Presses a button, or chooses with `entry`; throws when it is not there for this person. */
  async clicks(message: FakeMessage, name: string, press: Press = {}): Promise<Outcome> {
    const { world } = this.#hand.desk;
    if (message.channel !== this.channel.id) throw new Error(`This message is not in ${this.channel.name}.`);
    if (message.deleted) throw new Error("This message is deleted.");
    if (message.onlyFor !== null && message.onlyFor !== this.#hand.user.id)
      throw new Error(`${this.#hand.user.name} cannot see this message.`);
    const shown = press.version === undefined ? message.blocks : (message.versions[press.version]?.blocks ?? []);
    const control = findControl(shown, name);
    if (isShape(control.element.confirm) && press.confirm === false) return nothing;
    const payload = payloads.messageActionsPayload(
      this.#hand.doing(this.channel.id, message),
      this.channel,
      message,
      actionShape(world, control, press.entry ?? ""),
      valuesOf(shown, {}, false),
    );
    return this.#hand.sends("interactive", payload, this.channel.id);
  }

  /** Uses a shortcut from the menu of a message. */
  usesShortcut(callbackId: string, message: FakeMessage): Promise<Outcome> {
    const doing = this.#hand.doing(this.channel.id, message);
    const payload = payloads.messageShortcutPayload(doing, this.channel, message, callbackId);
    return this.#hand.sends("interactive", payload, this.channel.id);
  }
}

function eventFamily({ kind }: FakeChannel): string {
  if (kind === "im") return "im";
  return kind === "private" ? "groups" : "channels";
}
