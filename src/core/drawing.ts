import type { Role } from "./cluster.ts";

/**
 * What a picture shows, as plain JSON without secrets. It is journaled as it is; it becomes a picture only where it is
 * shown, and words where there are no pictures. All times are milliseconds since 1970, all pictures are in UTC.
 */
export type Drawing = TopologyDrawing | LagDrawing | TimelineDrawing;

/**
 * How something stands: known to be well, known to be wrong, held by two where one may hold it, not known, known to be
 * off. What is not known is never `fine`.
 */
export type Condition = "fine" | "degraded" | "split" | "unknown" | "down";

/** A cluster at one moment. */
export interface TopologyDrawing {
  readonly kind: "topology";
  /** The cluster's name. */
  readonly cluster: string;
  /** Its private network: `10.10.0.0/24`. */
  readonly vlan: string;
  readonly at: number;
  /** All of it in one line. */
  readonly verdict: string;
  readonly condition: Condition;
  /** Of every role at least one. */
  readonly nodes: readonly TopologyNode[];
  readonly duties: readonly Duty[];
  /** From one role to another; several of one way and network become one arrow. */
  readonly flows: readonly TopologyFlow[];
}

/** A machine. */
export interface TopologyNode {
  readonly name: string;
  readonly role: Role;
  /** The data centre it is in: `us-ord`. */
  readonly place: string;
  readonly condition: Condition;
  /** What is not as it should be, a few words each. */
  readonly says: readonly string[];
}

/** Something that exactly one node of a role is to have: a floating address, the writing database, the disk. */
export interface Duty {
  readonly role: Role;
  /** `address 10.10.0.20`, `database writer`, `DRBD primary`. */
  readonly what: string;
  /** Its short name on the node that has it: `10.10.0.20`, `writer`. */
  readonly badge: string;
  /** Names of the nodes that say they have it. */
  readonly holders: readonly string[];
  readonly condition: Condition;
  /** What is wrong with it or not known, a few words; empty when it is fine. */
  readonly says: string;
}

/** Something that may be reached. */
export interface TopologyFlow {
  readonly from: Role | "internet";
  readonly to: Role;
  /** `80, 443`; `ping`. */
  readonly ports: string;
  readonly network: "public" | "vlan";
}

/** How far the replicas were behind, over time. */
export interface LagDrawing {
  readonly kind: "lag";
  readonly cluster: string;
  readonly from: number;
  readonly to: number;
  /** Milliseconds between two samples; where the next one comes more than twice as late, nothing is known between. */
  readonly every: number;
  readonly series: readonly LagSeries[];
  /** What happened meanwhile: `db2 became the writer`. */
  readonly events: readonly { readonly at: number; readonly says: string }[];
}

/** What one replica told, oldest first. */
export interface LagSeries {
  readonly node: string;
  readonly samples: readonly LagSample[];
}

/** Seconds behind; `stopped` while it does not replicate, `null` when it could not be told. */
export type LagSample = readonly [at: number, behind: number | "stopped" | null];

/** What a run did, by node and time. */
export interface TimelineDrawing {
  readonly kind: "timeline";
  /** `/cluster build prod`. */
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly steps: readonly TimelineStep[];
  /** When something could not be reached or used: `the site did not answer`. */
  readonly outages?: readonly { readonly from: number; readonly to: number; readonly says: string }[];
}

/** A step of a run. */
export interface TimelineStep {
  readonly title: string;
  /** `null` for a step that is about no node or all of them. */
  readonly node: string | null;
  /** `asked`: people were waited for. `open`: the run ended before it did. */
  readonly state: "done" | "failed" | "asked" | "open";
  readonly from: number;
  readonly to: number;
}
