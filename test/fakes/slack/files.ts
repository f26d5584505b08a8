import { writableChannel, type Call } from "./call.ts";
import { Args } from "./args.ts";
import { Refusal, refuseFor } from "./refusal.ts";
import { shapesIn, textOf, type Shape } from "./shape.ts";
import type { FakeFile, Workspace } from "./workspace.ts";

export function getUploadUrl({ args, world, url }: Call): Shape {
  const length = Number(args.need("length"));
  if (!Number.isInteger(length) || length < 1)
    throw refuseFor("invalid_arguments", ["must be at least 1 [json-pointer:/length]"]);
  const file: FakeFile = { id: world.nextId("F"), name: args.need("filename"), length, content: null, title: null };
  world.files.set(file.id, file);
  return { upload_url: `${url}/upload/${file.id}`, file_id: file.id };
}

/** Takes the bytes; a text is why not. */
export async function receiveUpload(world: Workspace, id: string, request: Request): Promise<string | null> {
  const file = world.files.get(id);
  if (file === undefined) return "not found";
  const isForm = request.headers.get("content-type")?.startsWith("multipart/form-data") === true;
  const part = isForm ? [...(await request.formData()).values()].find((value) => typeof value !== "string") : request;
  const content = Buffer.from((await part?.arrayBuffer()) ?? new ArrayBuffer(0));
  if (content.length !== file.length) return `expected ${file.length} bytes, got ${content.length}`;
  file.content = content;
  return null;
}

/** Answers before the message with the files is there, as Slack does. */
export function completeUpload(call: Call): Shape {
  const given = shapesIn(call.args.json("files", "invalid_arguments"));
  if (given.length === 0) throw refuseFor("invalid_arguments", ["missing required field: files"]);
  const files = given.map((each) => {
    const file = call.world.files.get(textOf(each, "id") ?? "");
    if (file === undefined || file.content === null) throw new Refusal("file_not_found");
    file.title = textOf(each, "title") ?? file.name;
    return file;
  });
  const channelId = call.args.text("channel_id");
  if (channelId !== undefined) share(call, channelId, files);
  return { files: files.map(({ id, title, name }) => ({ id, title, name })) };
}

function share(call: Call, channelId: string, files: FakeFile[]): void {
  const { world, args } = call;
  const channel = writableChannel({ ...call, args: new Args({ channel: channelId }) });
  const threadTs = args.text("thread_ts") ?? null;
  if (threadTs !== null && world.find(channel.id, threadTs) === undefined) throw new Refusal("thread_not_found");
  const text = args.text("initial_comment") ?? "";
  const { botId, botUserId } = world.population;
  setImmediate(() => world.post({ channel: channel.id, user: botUserId, botId, text, threadTs, files }));
}
