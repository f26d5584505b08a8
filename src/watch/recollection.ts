import type { Services } from "../core/ports.ts";
import type { Slots } from "../core/slots.ts";
import type { Mute, Snapshot } from "../core/watch.ts";
import type { Memory } from "../policy/watch/memory.ts";
import type { Homes } from "../policy/watch/moves.ts";
import type { Beat, BeatStates } from "./beat.ts";
import type { Pace } from "./pace.ts";
import type { Provider } from "./provider.ts";

/** What the next look has to know; plain JSON. */
export interface Recollection {
  readonly concerns: Memory;
  readonly homes: Homes;
  readonly beats: BeatStates;
  /** Nodes that did not answer. */
  readonly silent: readonly string[];
  readonly pace: Pace;
  /** When each node was asked last, by name; milliseconds since 1970. */
  readonly asked: Pace;
  readonly explained: boolean;
  readonly snapshot: Snapshot | null;
}

/** Before the first look. */
export const nothingYet: Recollection = {
  concerns: {},
  homes: {},
  beats: {},
  silent: [],
  pace: {},
  asked: {},
  explained: false,
  snapshot: null,
};

/** What a look works with. */
export interface RoundParts {
  readonly services: Services;
  readonly provider: Provider;
  readonly beats: readonly Beat[];
  /** Places for nodes that are asked at once: those that answered last, and those that did not. */
  readonly slots: { readonly sound: Slots; readonly silent: Slots };
  /** The run that changes the cluster, as it is called. */
  readonly busy: () => Promise<string | null>;
  readonly mutes: () => Promise<readonly Mute[]>;
  readonly signal: AbortSignal;
}
