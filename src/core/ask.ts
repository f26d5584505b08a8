import type { Risk } from "./plan.ts";
import type { Table } from "./table.ts";

/** How an approval ended. */
export type Verdict = "approved" | "rejected" | "expired";

/** What a run asks people in its middle. */
export interface Ask {
  /** Unique among the steps of the run and the same at every replay: `promote db2`. */
  readonly name: string;
  /** What people read in the checklist: `Decide about db2`. */
  readonly title: string;
  /** Decides who may answer, and how. */
  readonly risk: Exclude<Risk, "read">;
  /** What was found out so far, for whoever decides; plain JSON without secrets. */
  readonly evidence: {
    readonly facts: readonly (readonly [name: string, value: string])[];
    readonly table?: Table;
    readonly text?: string;
  };
  /** One sentence with a question mark: `Promote db2?` */
  readonly question: string;
  /** What happens without a yes, completing “Without an answer …”: `db1 stays the primary`. */
  readonly otherwise: string;
}
