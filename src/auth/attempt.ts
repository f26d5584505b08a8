import type { Caller } from "../core/caller.ts";
import { clusterOptions, type Command } from "../core/command.ts";
import type { RunView } from "../core/journal.ts";
import type { Channel } from "./who-may.ts";

/** The run that somebody answers or stops; `actor` is who asked for it. */
export type AskedRun = Pick<RunView, "playbook" | "cluster" | "input" | "risk" | "actor">;

/** What somebody wants to do. Refusing a plan and cancelling a run both stop it; to `break` is to go on alone. */
export type What =
  /** `input` is `null` while it is not known, for help and completion: is there any with which it may be used? */
  | {
      readonly kind: "use";
      readonly command: Command;
      readonly input: object | null;
      /** More options may follow, for completion. */
      readonly partial?: boolean;
    }
  | { readonly kind: "approve" | "stop" | "break"; readonly run: AskedRun }
  /** To look at a run, with this command. */
  | { readonly kind: "see"; readonly command: Command; readonly run: AskedRun };

/** One thing somebody wants to do, at one place. */
export interface Attempt {
  readonly caller: Caller;
  readonly what: What;
}

/** Why something may not be done, before it is put into words. */
export type Objection =
  /** Not at this place, whoever it is: strangers read along, or no configuration names it. */
  | { readonly kind: "external" | "unbound" }
  /** The channel is for other clusters. */
  | { readonly kind: "elsewhere"; readonly channel: Channel }
  /** No rule allows it; `near` are those that would, but for something. */
  | { readonly kind: "role"; readonly near: readonly NearMiss[] }
  /** One's own request needs the yes of somebody else. */
  | { readonly kind: "second" };

/** A role that allows something `only` like this: `on staging`, `with web of at most 4`. */
export interface NearMiss {
  readonly role: string;
  readonly only: readonly string[];
}

/** The clusters it is about: none means all of them; `null` while that is not known. */
export function clustersOf(what: What): readonly string[] | null {
  if (what.kind !== "use") return what.run.cluster === null ? [] : [what.run.cluster];
  const options = clusterOptions(what.command);
  if (what.input === null && options.length > 0) return null;
  const values = new Map<string, unknown>(Object.entries(what.input ?? {}));
  return options.flatMap((option) => values.get(option) ?? []).map(String);
}
