import type { Card } from "../../core/card.ts";
import type { Failure } from "../../core/errors.ts";

/** What the page and the bot tell each other. Times are milliseconds since 1970. */

/** A run in few words: of its checklist only the steps at work, but all that it asks. */
export interface RunLine {
  readonly id: string;
  readonly actor: string;
  readonly card: Card;
  /** Steps that have ended, and all that are known so far. */
  readonly done: number;
  readonly steps: number;
}

/** Address of a picture (with `?theme=dark` of a dark one), and the same in words. */
export interface PictureLine {
  readonly src: string;
  readonly alt: string;
}

/** A cluster as it was seen last. */
export interface ClusterLine {
  readonly name: string;
  /** `null` while nobody has looked. */
  readonly look: {
    /** `null` where the watch looked. */
    readonly runId: string | null;
    readonly at: number;
    readonly ok: boolean;
    readonly verdict: string;
    readonly picture: PictureLine | null;
  } | null;
}

/** Something that waits to be acknowledged. */
export interface NoticeLine {
  readonly id: string;
  readonly card: Card;
}

/** All that a page shows, as far as whoever is signed in may see it. */
export interface State {
  /** Name of the person who is signed in. */
  readonly name: string;
  readonly clusters: readonly ClusterLine[];
  /** Unfinished, oldest first. */
  readonly runs: readonly RunLine[];
  /** The last that ended, newest first. */
  readonly ended: readonly RunLine[];
  readonly locks: readonly string[];
  readonly notices: readonly NoticeLine[];
  /** The run whose page it is; `null` on other pages. */
  readonly run: { readonly card: Card; readonly picture: PictureLine | null } | null;
  /** Why the run is not shown. */
  readonly problem: Failure | null;
}

/** Events of the stream: the state (with an id), a sign of life, or why nothing more comes. */
export interface Events {
  readonly state: { readonly now: number; readonly state: State };
  readonly beat: { readonly now: number };
  readonly over: { readonly why: "signed-out" | "stopping" };
}

/** What comes back from a command or a button; `null` when the card itself shows it. */
export type Outcome =
  | { readonly kind: "answer"; readonly card: Card }
  | { readonly kind: "run"; readonly runId: string }
  | null;

/** How a line could go on: each value stands for all of the line from `from` on. */
export interface Completion {
  readonly from: number;
  readonly items: readonly { readonly value: string; readonly label: string; readonly about: string }[];
}

/** The newest records of the audit; `records` is `null` for whoever may not read them. */
export interface AuditView {
  readonly verdict: string;
  readonly ok: boolean;
  readonly records:
    | readonly {
        readonly seq: number;
        readonly at: string;
        readonly kind: string;
        readonly actor: string;
        readonly cluster: string;
        readonly data: string;
      }[]
    | null;
  /** Why there are no records. */
  readonly denial: string | null;
}
