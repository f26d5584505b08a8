import { canonicalJson, type Json } from "./json.ts";
import type { Change } from "./operation.ts";

/** What a run may do to people, from nothing to loss of data; decides how much is asked before it starts. */
export type Risk = "read" | "reversible" | "outage" | "dataloss";

/** A machine that would be created. */
interface PlannedNode {
  /** `db1`. */
  readonly node: string;
  /** The provider's label: `prod-db1`. */
  readonly label: string;
  readonly region: string;
  readonly type: string;
  /** `null` where the provider does not say. */
  readonly monthlyUsd: number | null;
}

/** Something on a node that would change. */
export interface PlannedChange {
  readonly node: string;
  readonly operation: string;
  readonly key: string;
  readonly changes: readonly Change[];
}

/** A machine that would be deleted. */
interface PlannedDelete {
  readonly node: string;
  readonly label: string;
  /** The provider's id. */
  readonly id: number;
  readonly monthlyUsd: number | null;
}

/** Everything that will change. Plain JSON without secrets: it is journaled and shown. */
export interface Plan {
  readonly playbook: string;
  readonly version: number;
  readonly cluster: string | null;
  readonly input: Json;
  readonly risk: Risk;
  /** One sentence. */
  readonly summary: string;
  readonly creates: readonly PlannedNode[];
  readonly changes: readonly PlannedChange[];
  readonly deletes: readonly PlannedDelete[];
  /** What the cluster costs per month once this is done. */
  readonly monthlyUsd: number | null;
  /** How long such a run usually takes, where that is known; the engine fills in what it has seen. */
  readonly usualSeconds: number | null;
  /** Stands for the facts the plan was made from: the same facts, the same text. */
  readonly fingerprint: string;
}

/** What a playbook says of its plan: the sentence, and whatever there is to say beyond it. */
export type PlanParts = Pick<Plan, "summary"> & Partial<Plan>;

/** Completes a plan with what its playbook is. Without a fingerprint, what would change stands for the facts itself. */
export function wholePlan<I extends object>(by: PlannedBy<I>, input: I, parts: PlanParts): Plan {
  return {
    playbook: by.name,
    version: by.version,
    cluster: by.cluster(input),
    input: JSON.parse(JSON.stringify(input)) as Json,
    risk: by.risk,
    creates: [],
    changes: [],
    deletes: [],
    monthlyUsd: null,
    usualSeconds: null,
    fingerprint: "",
    ...parts,
  };
}

/** What a plan takes from its playbook. */
interface PlannedBy<I> {
  readonly name: string;
  readonly version: number;
  readonly risk: Risk;
  cluster(input: I): string | null;
}

/** Whether carrying the plan out would change nothing. */
export function isEmptyPlan(plan: Plan): boolean {
  return plan.creates.length + plan.changes.length + plan.deletes.length === 0;
}

/** SHA-256 (hexadecimal) over all that a person approves: the whole plan but its wording and its usual duration. */
export async function planHash(plan: Plan): Promise<string> {
  const { summary: _summary, usualSeconds: _usualSeconds, ...promise } = plan;
  return sha256(canonicalJson(promise));
}

/** SHA-256 of text, hexadecimal; makes fingerprints of facts. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
