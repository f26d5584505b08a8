import { readBody } from "./args.ts";
import { checkedBlocks } from "./chat.ts";
import type { Links, ResponseTarget } from "./links.ts";
import { Refusal } from "./refusal.ts";
import { shapesIn, textOf, type Shape } from "./shape.ts";
import type { FakeMessage, Workspace } from "./workspace.ts";

interface ResponseAnswer {
  readonly status: 200 | 400 | 404;
  readonly body: Shape;
}

/** Takes what the app posts to a response_url. */
export async function answerResponseUrl(
  { world, links }: { readonly world: Workspace; readonly links: Links },
  id: string,
  request: Request,
): Promise<ResponseAnswer> {
  const target = links.use(id);
  if (typeof target === "string") return { status: 404, body: { ok: false, error: target } };
  try {
    const { args } = await readBody(request);
    respond(world, target, args);
    return { status: 200, body: { ok: true } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: 400, body: error.body };
  }
}

/** The message under the button, also when only one person sees it. */
function originalOf(world: Workspace, { channel, messageTs }: ResponseTarget): FakeMessage | undefined {
  return messageTs === null ? undefined : world.find(channel, messageTs);
}

/**
 * What a response says: an acknowledgement of a command says the same. Ephemeral unless it asks for `in_channel`; it
 * replaces the message with the button only when it asks for that.
 */
export function respond(world: Workspace, target: ResponseTarget, body: Shape): FakeMessage | null {
  const original = originalOf(world, target);
  if (body.delete_original === true) {
    if (original !== undefined) world.remove(original);
    return null;
  }
  const blocks = checkedBlocks(body.blocks) ?? [];
  const text = textOf(body, "text") ?? "";
  if (text === "" && shapesIn(blocks).length === 0) throw new Refusal("no_text");
  if (original !== undefined && body.replace_original === true) {
    world.edit(original, text, blocks);
    return original;
  }
  const { botId, botUserId } = world.population;
  return world.post({
    channel: target.channel,
    user: botUserId,
    botId,
    text,
    blocks,
    threadTs: textOf(body, "thread_ts") ?? target.threadTs,
    onlyFor: body.response_type === "in_channel" ? null : target.user,
  });
}
