import type { Args } from "./args.ts";
import type { Links } from "./links.ts";
import type { FakeChannel } from "./people.ts";
import { Refusal } from "./refusal.ts";
import type { Shape } from "./shape.ts";
import type { Tokens } from "./tokens.ts";
import type { Workspace } from "./workspace.ts";

/** What a method of the Web API works with. */
export interface Call {
  readonly args: Args;
  readonly token: string;
  readonly world: Workspace;
  readonly tokens: Tokens;
  readonly links: Links;
  /** The stand-in's address, without a path. */
  readonly url: string;
  /** A new address for a Socket Mode connection. */
  readonly openSocket: () => string;
  /** Milliseconds after which a message cannot be edited any more; null for never. */
  readonly editWindow: number | null;
  readonly warn: (warning: string) => void;
}

/** Answers the fields beside `ok`, or throws a `Refusal`. */
export type Handler = (call: Call) => Shape;

/** The scope that reads a kind of conversation, by the last part of its name. */
const families = { public: "channels", shared: "channels", private: "groups", im: "im" } as const;

/** The conversation that a call names, as far as the app can see it. */
export function channelOf({ args, world }: Call): FakeChannel {
  const channel = world.channels.get(args.need("channel"));
  const hidden = channel?.kind === "private" || channel?.kind === "im";
  if (channel === undefined || (hidden && !channel.members.has(world.population.botUserId)))
    throw new Refusal("channel_not_found");
  return channel;
}

/** The same for reading: each kind of conversation has a scope of its own, such as `groups:history`. */
export function readableChannel(call: Call, what: "read" | "history"): FakeChannel {
  const channel = channelOf(call);
  call.tokens.needScope(call.token, [`${families[channel.kind]}:${what}`]);
  return channel;
}

/** The same for writing; `chat:write.public` writes to public channels without being in them. */
export function writableChannel(call: Call): FakeChannel {
  const channel = channelOf(call);
  if (channel.archived) throw new Refusal("is_archived");
  const everybody = channel.kind === "public" && call.tokens.hasScope("chat:write.public");
  if (!channel.members.has(call.world.population.botUserId) && !everybody) throw new Refusal("not_in_channel");
  return channel;
}
