import type { Json } from "./json.ts";

/** Something that must be provable later. */
export interface AuditFact {
  /** `call`, `step.finished`. */
  readonly kind: string;
  /** Name of the person behind it; `null` for a stranger or nobody. */
  readonly actor: string | null;
  readonly cluster: string | null;
  /** Without secrets and without bulk. Whole numbers only, so that every program writes them alike. */
  readonly data: Json;
}

/** A fact in its place in the chain. */
export interface AuditRecord extends AuditFact {
  /** 1, 2, … without gaps. */
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Hash of the record before it; 64 zeros before the first. */
  readonly prev: string;
  /** SHA-256 (hexadecimal) over the canonical JSON of all of the above. */
  readonly hash: string;
}

/** The newest record. */
export type AuditHead = Pick<AuditRecord, "seq" | "hash">;

/** What a walk along the chain found; `seq` names the first record that is wrong. */
export type AuditFinding =
  | { readonly ok: true; readonly head: AuditHead }
  | { readonly ok: false; readonly seq: number; readonly why: string };

/** The record of who did what: append-only, each record sealed by the hash of all before it. */
export interface Audit {
  record(fact: AuditFact): Promise<void>;
  head(): Promise<AuditHead>;
  /** Walks the whole chain; with (the beginning of) the hash of a head seen earlier, also looks for that one in it. */
  verify(known?: string): Promise<AuditFinding>;
  /** Records from this time (ISO 8601) or `seq` on, oldest first. */
  records(since?: string | number): Promise<readonly AuditRecord[]>;
}

/** A hash as people see and compare it. */
export const shortHash = (hash: string): string => hash.slice(0, 12);
