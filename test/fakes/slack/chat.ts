import { tablesIn, wrongInMessage } from "./blocks/check.ts";
import { channelOf, writableChannel, type Call } from "./call.ts";
import type { Population } from "./people.ts";
import { Refusal, refuseFor } from "./refusal.ts";
import { isShape, shapesIn, textOf, type Shape } from "./shape.ts";
import type { FakeMessage, Workspace } from "./workspace.ts";

/** Longer texts are cut, with the warning `message_truncated` (chat.postMessage). */
const postedText = 40_000;
/** Longer texts are refused (chat.update). */
const updatedText = 4000;
/** Measured by others, on serialized blocks (slackapi/bolt-js #2509 and #2867); Slack documents no number. */
const serializedBlocks = 13_200;

/** The blocks of a call, or of a body with the same fields; undefined when there are none. Throws Slack's refusals. */
export function checkedBlocks(given: unknown): Shape[] | undefined {
  if (given === undefined) return undefined;
  if (!Array.isArray(given)) throw new Refusal("invalid_blocks_format");
  const wrong = wrongInMessage(given);
  if (wrong.length > 0) throw refuseFor("invalid_blocks", wrong);
  if (tablesIn(given) > 1) throw refuseFor("invalid_attachments", ["only_one_table_allowed"]);
  if (JSON.stringify(given).length > serializedBlocks) throw new Refusal("msg_blocks_too_long");
  return shapesIn(given);
}

function blocksOf({ args, world }: Call): Shape[] | undefined {
  if (args.has("attachments"))
    throw refuseFor("invalid_attachments", ["the stand-in takes no attachments, use blocks"]);
  if (args.has("markdown_text") && (args.has("text") || args.has("blocks")))
    throw new Refusal("markdown_text_conflict");
  const blocks = checkedBlocks(args.json("blocks", "invalid_blocks_format"));
  checkPictures(world, blocks ?? []);
  return blocks;
}

/** Slack shows files that were uploaded, and that it has looked at. */
function checkPictures(world: Workspace, blocks: readonly Shape[]): void {
  const ids = blocks.flatMap(({ slack_file: file }) => textOf(file, "id") ?? []);
  if (ids.length === 0) return;
  const unseen = world.unseenPictures > 0;
  if (unseen) world.unseenPictures -= 1;
  if (unseen || ids.some((id) => (world.files.get(id)?.content ?? null) === null))
    throw refuseFor("invalid_blocks", ["invalid slack file [json-pointer:/blocks/0/slack_file]"]);
}

function textOfCall({ args, warn }: Call): string {
  const text = args.text("text") ?? args.text("markdown_text") ?? "";
  if (text.length > postedText) warn("message_truncated");
  return text.slice(0, postedText);
}

function metadataOf({ args }: Call): Shape | null {
  const metadata = args.json("metadata", "invalid_metadata_format");
  if (metadata === undefined) return null;
  if (!isShape(metadata) || typeof metadata.event_type !== "string" || !isShape(metadata.event_payload))
    throw new Refusal("invalid_metadata_format");
  return metadata;
}

/** The thread that is answered to. Slack takes the first message of a thread, not a reply in it. */
function threadOf({ args, world }: Call, channel: string): string | null {
  const ts = args.text("thread_ts");
  if (ts === undefined) return null;
  const parent = world.find(channel, ts);
  if (parent === undefined || parent.onlyFor !== null) throw new Refusal("thread_not_found");
  return parent.threadTs ?? parent.ts;
}

const linksNames = ({ args }: Call): boolean => args.flag("link_names") || args.text("parse") === "full";

/** The message as Slack writes it in answers and payloads. */
export function messageShape(message: FakeMessage, population: Population): Shape {
  const { user, botId, ts, text, blocks, threadTs, metadata, files } = message;
  return {
    type: "message",
    user,
    ...(botId === null ? {} : { bot_id: botId }),
    ...(botId === population.botId ? { app_id: population.appId } : {}),
    ts,
    text,
    ...(blocks.length === 0 ? {} : { blocks }),
    ...(threadTs === null ? {} : { thread_ts: threadTs }),
    ...(metadata === null ? {} : { metadata }),
    ...(files.length === 0 ? {} : { files: files.map(({ id, name, title }) => ({ id, name, title })) }),
  };
}

export function postMessage(call: Call): Shape {
  const channel = writableChannel(call);
  const blocks = blocksOf(call);
  const text = textOfCall(call);
  if (text === "" && (blocks ?? []).length === 0) throw new Refusal("no_text");
  const { botId, botUserId } = call.world.population;
  const message = call.world.post({
    channel: channel.id,
    user: botUserId,
    botId,
    text,
    blocks: blocks ?? [],
    threadTs: threadOf(call, channel.id),
    metadata: metadataOf(call),
    linkNames: linksNames(call),
  });
  return { channel: channel.id, ts: message.ts, message: messageShape(message, call.world.population) };
}

export function postEphemeral(call: Call): Shape {
  const channel = writableChannel(call);
  const user = call.args.need("user");
  if (!call.world.users.has(user)) throw new Refusal("user_not_found");
  if (!channel.members.has(user)) throw new Refusal("user_not_in_channel");
  const blocks = blocksOf(call);
  const text = textOfCall(call);
  if (text === "" && (blocks ?? []).length === 0) throw new Refusal("no_text");
  const { botId, botUserId } = call.world.population;
  const threadTs = threadOf(call, channel.id);
  const linkNames = linksNames(call);
  const { ts } = call.world.post({
    channel: channel.id,
    user: botUserId,
    botId,
    text,
    blocks: blocks ?? [],
    threadTs,
    onlyFor: user,
    linkNames,
  });
  return { message_ts: ts };
}

/** A message that the app may change. Ephemeral ones are only within reach of their response_url. */
function ownMessage(call: Call, refusal: string): FakeMessage {
  const channel = channelOf(call);
  const message = call.world.find(channel.id, call.args.need("ts"));
  if (message === undefined || message.onlyFor !== null) throw new Refusal("message_not_found");
  if (message.botId !== call.world.population.botId) throw new Refusal(refusal);
  return message;
}

export function update(call: Call): Shape {
  const message = ownMessage(call, "cant_update_message");
  const { args, world, editWindow } = call;
  if (world.channels.get(message.channel)?.archived === true) throw new Refusal("is_inactive");
  if (editWindow !== null && world.clock.now() - Number(message.ts) * 1000 > editWindow)
    throw new Refusal("edit_window_closed");
  const blocks = blocksOf(call);
  const text = args.text("text") ?? args.text("markdown_text") ?? "";
  if (text.length > updatedText) throw new Refusal("msg_too_long");
  if (text === "" && (blocks ?? []).length === 0) throw new Refusal("no_text");
  const isRich = (given: readonly Shape[]): boolean =>
    given.length > 0 && given.every(({ type }) => type === "rich_text");
  if (
    isRich(message.blocks) &&
    blocks !== undefined &&
    blocks.length > 0 &&
    !blocks.some(({ type }) => type === "rich_text")
  )
    throw new Refusal("block_mismatch");
  message.metadata = metadataOf(call) ?? message.metadata;
  // Without blocks the old ones go: the text takes their place.
  world.edit(message, text, blocks ?? [], linksNames(call));
  return { channel: message.channel, ts: message.ts, text, message: messageShape(message, world.population) };
}

export function remove(call: Call): Shape {
  const message = ownMessage(call, "cant_delete_message");
  call.world.remove(message);
  return { channel: message.channel, ts: message.ts };
}

export function getPermalink(call: Call): Shape {
  const channel = channelOf(call);
  const message = call.world.find(channel.id, call.args.need("message_ts"));
  if (message === undefined) throw new Refusal("message_not_found");
  const { domain } = call.world.population;
  const permalink = `https://${domain}.slack.com/archives/${channel.id}/p${message.ts.replace(".", "")}`;
  return { channel: channel.id, permalink };
}

export function addReaction(call: Call): Shape {
  const channel = channelOf(call);
  const message = call.world.find(channel.id, call.args.need("timestamp"));
  if (message === undefined) throw new Refusal("message_not_found");
  const name = call.args.need("name");
  if (message.reactions.includes(name)) throw new Refusal("already_reacted");
  message.reactions.push(name);
  call.world.changed();
  return {};
}

export function addPin(call: Call): Shape {
  const channel = writableChannel(call);
  const message = call.world.find(channel.id, call.args.need("timestamp"));
  if (message === undefined) throw new Refusal("message_not_found");
  if (message.pinned) throw new Refusal("already_pinned");
  message.pinned = true;
  call.world.changed();
  return {};
}
