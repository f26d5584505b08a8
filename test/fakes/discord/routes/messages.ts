import { MessageReferenceType, MessageType, PermissionFlagsBits as Permit } from "discord-api-types/v10";
import type { APIMessage } from "discord-api-types/v10";
import type { Hono } from "hono";
import { channelFor, managesThreads } from "../access.ts";
import { readBody } from "../body.ts";
import type { Body } from "../body.ts";
import { invalidForm, refusals } from "../errors.ts";
import { readMessage } from "../message-form.ts";
import type { MessageForm } from "../message-form.ts";
import type { MessageRecord } from "../messages.ts";
import type { Setting } from "../setting.ts";
import { snowflakeTime } from "../snowflakes.ts";
import { channelView } from "../views.ts";
import type { ChannelRecord } from "../world.ts";

const hourMs = 3_600_000;
/** "The past few minutes" in which a nonce makes a second message the first one again. */
const nonceMs = 300_000;

const names = ({ uploads }: Body) => uploads.map(({ name }) => name);

/** Messages of the bot in a channel. */
export function messageRoutes(routes: Hono, setting: Setting): void {
  const { world, messages, limits, now } = setting;
  routes.get("/channels/:channel/messages", (c) => {
    const channel = channelFor(world, c.req.param("channel"), Permit.ReadMessageHistory);
    const { limit = "50", before, after } = c.req.query();
    const count = Number(limit);
    if (!(count >= 1 && count <= 100))
      throw invalidForm([
        { path: ["limit"], code: "NUMBER_TYPE_MAX", message: "int value should be between 1 and 100." },
      ]);
    const found = messages
      .in(channel.id)
      .filter(({ ephemeralFor }) => ephemeralFor === null)
      .filter(({ id }) => before === undefined || BigInt(id) < BigInt(before))
      .filter(({ id }) => after === undefined || BigInt(id) > BigInt(after));
    const page = after === undefined ? found.slice(-count) : found.slice(0, count);
    return c.json(page.toReversed().map(({ wire }) => wire));
  });
  routes.get("/channels/:channel/messages/:message", (c) => {
    const channel = channelFor(world, c.req.param("channel"), Permit.ReadMessageHistory);
    return c.json(messages.public(channel.id, c.req.param("message")).wire);
  });
  routes.post("/channels/:channel/messages", async (c) => {
    const channel = channelFor(world, c.req.param("channel"), sendPermission(setting, c.req.param("channel")));
    const body = await readBody(c);
    const form = readMessage(body.json, { files: names(body) });
    permit(setting, channel, form, body);
    const same = form.enforce_nonce === true ? sameNonce(setting, channel.id, form) : undefined;
    if (same !== undefined) return c.json(same.wire);
    wake(setting, channel);
    const fields = referenceOf(setting, channel, form);
    return c.json(messages.create(channel, form, body.uploads, { from: "bot", fields }).wire);
  });
  routes.patch("/channels/:channel/messages/:message", async (c) => {
    const channel = channelFor(world, c.req.param("channel"));
    const message = messages.public(channel.id, c.req.param("message"));
    if (message.wire.author.id !== world.application.id) throw refusals.authoredByAnother();
    if (channel.thread?.archived === true) throw refusals.archivedThread();
    const body = await readBody(c);
    const form = readMessage(body.json, { files: names(body), before: message.before });
    permit(setting, channel, form, body);
    if (now() - snowflakeTime(message.id) > hourMs) limits.takeOldEdit(channel.id);
    messages.edit(message, form, body.uploads);
    return c.json(message.wire);
  });
  routes.delete("/channels/:channel/messages/:message", (c) => {
    const channel = channelFor(world, c.req.param("channel"));
    const message = messages.public(channel.id, c.req.param("message"));
    if (message.wire.author.id !== world.application.id) channelFor(world, channel.id, Permit.ManageMessages);
    messages.remove(message);
    return c.body(null, 204);
  });
  routes.post("/channels/:channel/typing", (c) => {
    channelFor(world, c.req.param("channel"), sendPermission(setting, c.req.param("channel")));
    return c.body(null, 204);
  });
}

function sendPermission({ world }: Setting, channelId: string): bigint {
  return world.channels.get(channelId)?.thread == null ? Permit.SendMessages : Permit.SendMessagesInThreads;
}

/** What a message carries needs permissions of its own. */
function permit({ world }: Setting, channel: ChannelRecord, form: MessageForm, body: Body): void {
  if (body.uploads.length > 0) channelFor(world, channel.id, Permit.AttachFiles);
  if ((form.embeds ?? []).length > 0) channelFor(world, channel.id, Permit.EmbedLinks);
}

/** A message in an archived thread wakes it; in a locked one only who manages threads may write. */
function wake({ world, gateway }: Setting, channel: ChannelRecord): void {
  const { thread } = channel;
  if (thread === null) return;
  if (thread.locked && !managesThreads(world, channel)) throw refusals.threadLocked();
  if (!thread.archived) return;
  thread.archived = false;
  gateway.dispatch("THREAD_UPDATE", channelView(world, channel), channel.guildId);
}

/** The message that this nonce made a few minutes ago; the numeral and the string are one nonce. */
function sameNonce({ messages, now }: Setting, channelId: string, { nonce }: MessageForm): MessageRecord | undefined {
  if (nonce == null)
    throw invalidForm([{ path: ["nonce"], code: "BASE_TYPE_REQUIRED", message: "This field is required" }]);
  return messages
    .in(channelId)
    .find(({ id, wire }) => String(wire.nonce) === String(nonce) && now() - snowflakeTime(id) < nonceMs);
}

function referenceOf({ messages, world }: Setting, channel: ChannelRecord, form: MessageForm): Partial<APIMessage> {
  const reference = form.message_reference;
  if (reference == null) return {};
  channelFor(world, channel.id, Permit.ReadMessageHistory);
  const referenced = messages.in(channel.id).find(({ id }) => id === reference.message_id);
  if (referenced === undefined && reference.fail_if_not_exists === false) return {};
  if (referenced === undefined)
    throw invalidForm([{ path: ["message_reference"], code: "REPLIES_UNKNOWN_MESSAGE", message: "Unknown message" }]);
  return {
    type: MessageType.Reply,
    message_reference: { type: MessageReferenceType.Default, channel_id: channel.id, message_id: referenced.id },
  };
}
