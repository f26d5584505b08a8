import type { Command } from "../../core/command.ts";
import type { Desk } from "../../core/desk.ts";
import type { DiscordClient } from "./client.ts";
import type { ChannelCaller, Interaction, Pinned } from "./interaction.ts";
import type { Lanes } from "./lanes.ts";
import type { Reply } from "./reply.ts";
import type { Log, Session } from "./session.ts";

/** What answers interactions. */
export interface Ears {
  readonly client: DiscordClient;
  readonly pinned: Pinned;
  readonly commands: readonly Command[];
  readonly desk: Desk;
  readonly session: Session;
  readonly lanes: Lanes;
  /** When people were last told that something came late, by person and channel. */
  readonly toldLate: Map<string, number>;
  /** Does it some time, again and again until it is done or refused. */
  readonly later: (task: () => Promise<unknown>) => void;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** One interaction that may be answered. */
export interface Asked {
  readonly interaction: Interaction;
  readonly caller: ChannelCaller;
  readonly reply: Reply;
}
