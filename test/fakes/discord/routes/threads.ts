import { MessageFlags, PermissionFlagsBits as Permit, ThreadAutoArchiveDuration } from "discord-api-types/v10";
import type { Hono } from "hono";
import { z } from "zod";
import { channelFor, managesThreads } from "../access.ts";
import { readBody } from "../body.ts";
import { readForm, refusals } from "../errors.ts";
import { withFlags } from "../messages.ts";
import type { Setting } from "../setting.ts";
import { channelView, threadView } from "../views.ts";
import type { ChannelRecord } from "../world.ts";

const archiveAfter = z.enum(ThreadAutoArchiveDuration);
const threadForm = z.object({
  name: z.string().min(1).max(100),
  auto_archive_duration: archiveAfter.nullish(),
  rate_limit_per_user: z.number().int().min(0).max(21_600).nullish(),
});
const channelForm = z.object({
  name: z.string().min(1).max(100).optional(),
  archived: z.boolean().optional(),
  locked: z.boolean().optional(),
  topic: z.string().max(1024).nullish(),
});
const mostPins = 250;

/** Threads that begin at a message, changes of channels, and pins. */
export function threadRoutes(routes: Hono, setting: Setting): void {
  const { world, messages, gateway } = setting;
  routes.post("/channels/:channel/messages/:message/threads", async (c) => {
    const channel = channelFor(world, c.req.param("channel"), Permit.CreatePublicThreads);
    if (channel.thread !== null || channel.guildId === null) throw refusals.wrongChannelType();
    const message = messages.public(channel.id, c.req.param("message"));
    const { json } = await readBody(c);
    const form = readForm(threadForm, json);
    if (world.channels.has(message.id)) throw refusals.threadExists();
    const thread = openThread(setting, channel, message.id, form);
    messages.amend(message, {
      thread: threadView(thread),
      flags: withFlags(message.wire.flags, MessageFlags.HasThread),
    });
    return c.json(threadView(thread), 201);
  });
  routes.patch("/channels/:channel", async (c) => {
    const channel = channelFor(world, c.req.param("channel"));
    const { json } = await readBody(c);
    const form = readForm(channelForm, json);
    if (channel.thread === null) channelFor(world, channel.id, Permit.ManageChannels);
    else changeThread(setting, channel, form);
    if (form.name !== undefined) channel.name = form.name;
    if (form.topic !== undefined) channel.topic = form.topic;
    const event = channel.thread === null ? "CHANNEL_UPDATE" : "THREAD_UPDATE";
    gateway.dispatch(event, channelView(world, channel), channel.guildId);
    return c.json(channelView(world, channel));
  });
  routes.put("/channels/:channel/messages/pins/:message", (c) => {
    pin(setting, c.req.param("channel"), c.req.param("message"), true);
    return c.body(null, 204);
  });
  routes.delete("/channels/:channel/messages/pins/:message", (c) => {
    pin(setting, c.req.param("channel"), c.req.param("message"), false);
    return c.body(null, 204);
  });
  routes.get("/channels/:channel/messages/pins", (c) => {
    const channel = channelFor(world, c.req.param("channel"), Permit.ReadMessageHistory);
    const pinned = messages.in(channel.id).filter(({ wire }) => wire.pinned);
    const items = pinned.toReversed().map(({ wire }) => ({ pinned_at: wire.timestamp, message: wire }));
    return c.json({ items, has_more: false });
  });
}

function openThread(
  { world, gateway, now }: Setting,
  parent: ChannelRecord,
  id: string,
  form: z.infer<typeof threadForm>,
): ChannelRecord {
  const thread: ChannelRecord = {
    id,
    guildId: parent.guildId,
    parentId: parent.id,
    name: form.name,
    topic: null,
    overwrites: [],
    recipients: [],
    thread: {
      archived: false,
      locked: false,
      autoArchiveMinutes: form.auto_archive_duration ?? ThreadAutoArchiveDuration.OneDay,
      ownerId: world.application.id,
      createdAt: new Date(now()).toISOString(),
    },
  };
  world.channels.set(thread.id, thread);
  gateway.dispatch("THREAD_CREATE", { ...threadView(thread), newly_created: true }, thread.guildId);
  return thread;
}

/** Its owner may rename, archive and wake a thread; locking, and waking a locked one, needs MANAGE_THREADS. */
function changeThread({ world }: Setting, channel: ChannelRecord, form: z.infer<typeof channelForm>): void {
  const { thread } = channel;
  if (thread === null) return;
  const manages = managesThreads(world, channel);
  if (!manages && (thread.ownerId !== world.application.id || form.locked !== undefined || thread.locked))
    throw refusals.missingPermissions();
  if (thread.archived && form.archived !== false) throw refusals.archivedThread();
  thread.archived = form.archived ?? thread.archived;
  thread.locked = form.locked ?? thread.locked;
}

function pin({ world, messages, gateway }: Setting, channelId: string, messageId: string, pinned: boolean): void {
  const channel = channelFor(world, channelId, Permit.PinMessages);
  const message = messages.public(channel.id, messageId);
  if (channel.thread?.archived === true) throw refusals.archivedThread();
  const already = messages.in(channel.id).filter(({ wire }) => wire.pinned).length;
  if (pinned && !message.wire.pinned && already >= mostPins) throw refusals.tooManyPins();
  messages.amend(message, { pinned });
  gateway.dispatch("CHANNEL_PINS_UPDATE", { channel_id: channel.id, guild_id: channel.guildId }, channel.guildId);
}
