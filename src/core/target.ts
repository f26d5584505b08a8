import type { Fact } from "./fact.ts";
import type { Change, Item } from "./operation.ts";

/** The values of several facts, in their order. */
export type FactValues<F extends readonly Fact<unknown>[]> = { [K in keyof F]: F[K] extends Fact<infer T> ? T : never };

/** An item that must change, with the state it was found in. */
export interface Difference {
  readonly item: Item;
  readonly have: object | undefined;
  readonly changes: readonly Change[];
}

/** How long and until when: everything that reaches a node takes one. */
export interface Patience {
  readonly signal: AbortSignal;
  /** Milliseconds for the whole call. */
  readonly deadlineMs?: number;
}

/**
 * A node that can be read and changed: over SSH, or simulated in memory.
 * All calls reject with `OpsError` that names the node.
 */
export interface Target {
  readonly node: string;
  /** Reads facts in one round trip. */
  read<const F extends readonly Fact<unknown>[]>(facts: F, patience: Patience): Promise<FactValues<F>>;
  /** Reads the present state of all items in one round trip; `undefined` is not there. */
  check(items: readonly Item[], patience: Patience): Promise<readonly (object | undefined)[]>;
  /** Carries out all differences in order, in as few round trips as possible; stops at the first action that fails. */
  apply(differences: readonly Difference[], patience: Patience): Promise<void>;
}
