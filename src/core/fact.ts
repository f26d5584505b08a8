import type { Script } from "./shell.ts";

/**
 * Something read from a node: a script that changes nothing and a pure, typed parser. All facts asked of a node at
 * once travel in one round trip.
 */
export interface Fact<T> {
  readonly name: string;
  /** Reads only. A part that may be missing ends in `|| true`: a non-zero exit means that the fact cannot be told. */
  readonly script: Script;
  /** @throws OpsError `unreadable_fact` when the output is not what the tool prints. */
  parse(output: string): T;
  /** What a simulated node is asked; passed to its answers as it is. */
  readonly query?: unknown;
}

/** A fact as far as it could be told; plain JSON where `T` is. Unknown is never taken for anything else. */
export type Told<T> =
  | { readonly known: true; readonly value: T }
  /** `why` completes “It is not known, because …”. */
  | { readonly known: false; readonly why: string };

/** Something that is not known. */
export const untold = (why: string): Told<never> => ({ known: false, why });

/** What was told; `undefined` when it is not known. */
export const valueOf = <T>(told: Told<T> | undefined): T | undefined => (told?.known === true ? told.value : undefined);
