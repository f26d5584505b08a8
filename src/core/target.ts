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
 * On whose behalf a node is changed. A node remembers the fence of its last change: nobody who has lost his run
 * meanwhile, and nobody with another store, changes it after that.
 */
export interface Fence {
  /** Id of the run, one word. */
  readonly run: string;
  /**
   * Drawn from one counter of the store each time an instance begins a run or takes one over, in the transaction that
   * gives it the run: of two fences of a store the later one has the higher turn, whichever runs they belong to.
   */
  readonly turn: number;
  /** Id of the store, one word; the same for all instances that share it. */
  readonly by: string;
  /** Who asked for the run. */
  readonly actor: string;
}

/** What a node remembers of its last change. */
export interface Claim extends Fence {
  /** How long ago it began. */
  readonly seconds: number;
}

/** What a change needs. */
interface Changing extends Patience {
  /** `fenced` puts it in. */
  readonly fence?: Fence;
}

/** What several changes in a row need, none of which is to be left half done. */
export interface Steady extends Changing {
  /** Ends what is already begun; `signal` only keeps it from going on to the next thing. */
  readonly steady: AbortSignal;
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
  /**
   * Carries out all differences in order, in as few round trips as possible; stops at the first action that fails. No
   * two of these overlap on a node, whoever they come from.
   * @throws OpsError `node_busy`, `superseded` or `node_claimed` when it is not this run's turn
   * @throws TypeError without a fence
   */
  apply(differences: readonly Difference[], changing: Changing): Promise<void>;
}
