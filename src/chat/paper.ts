import type { Size } from "./text.ts";

/** How a platform counts, and how much it takes. */
export interface Paper {
  /** For all of the outline together. */
  readonly room: number;
  /** What text takes in prose, where markup is disarmed. */
  readonly prose: Size;
  /** What text takes where it is shown as it is, in letters of one width. */
  readonly code: Size;
  /** What markup of ours takes, a line's or a block's. */
  readonly markup: number;
  /** Columns of letters of one width that fit the screen. */
  readonly columns: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}
