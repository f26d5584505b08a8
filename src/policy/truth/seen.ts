import type { Cluster, Node } from "../../core/cluster.ts";
import { valueOf, type Told } from "../../core/fact.ts";
import { allOf } from "../../core/words.ts";
import type { Interfaces } from "../../ops/facts/address.ts";
import type { DatabaseState } from "../../ops/facts/database.ts";
import type { DrbdState } from "../../ops/facts/drbd.ts";
import type { PairStatus } from "../../ops/facts/pair.ts";
import type { QuorumState } from "../../ops/facts/quorum.ts";
import type { WireAnswers } from "../../ops/facts/wire.ts";
import type { Finding } from "../finding.ts";

/** What one node told, each thing as far as it could be told; what a role has nothing of is not asked. */
export interface Look {
  readonly node: Node;
  readonly interfaces: Told<Interfaces>;
  readonly units: Told<Readonly<Record<string, string>>>;
  readonly database?: Told<DatabaseState | null>;
  readonly drbd?: Told<DrbdState | null>;
  readonly quorum?: Told<QuorumState | null>;
  readonly pair?: Told<PairStatus>;
  readonly wire?: Told<WireAnswers>;
  /** Why the node could not be asked at all; `null` when it answered. */
  readonly failure: string | null;
}

/** What the provider says. */
export interface ProviderLook {
  /** Machine id -> its state: `running`, `offline` … */
  readonly machines: Readonly<Record<number, string>>;
  /** By name of each balancer: addresses that are routed to it, and those of others that it may take over. */
  readonly addresses: Readonly<Record<string, { readonly own: readonly string[]; readonly shared: readonly string[] }>>;
}

/** All that was seen of a cluster at one moment. */
export interface Seen {
  readonly cluster: Cluster;
  readonly looks: readonly Look[];
  readonly provider: Told<ProviderLook>;
}

/** One thing and what each source says of it; `–` where a source has nothing to say. */
export interface TruthRow {
  /** Names the row in every cluster: `address lb`, `node db1`. */
  readonly key: string;
  readonly what: string;
  readonly provider: string;
  readonly pacemaker: string;
  /** The nodes' own word: kernel, MariaDB, DRBD, Corosync. */
  readonly node: string;
  readonly wire: string;
  readonly findings: readonly Finding[];
}

/** What stands where somebody could not be asked. */
export const unknown = "unknown";
export const nothing = "–";

/** Names of nodes in a cell: `lb1`, `lb1 and lb2`, `nobody`. */
export const cell = (names: readonly string[]): string => (names.length === 0 ? "nobody" : allOf(names));

/** The looks at the nodes of a role. */
export const of = ({ looks }: Seen, role: Look["node"]["role"]): Look[] =>
  looks.filter(({ node }) => node.role === role);

/** A node that told nothing of this is said so: by why it could not be reached, or by why it could not tell. */
export function missing(looks: readonly Look[], pick: (look: Look) => Told<unknown> | undefined): Finding[] {
  return looks.flatMap((look): Finding[] => {
    const told = pick(look);
    if (look.failure !== null) return [{ level: "unknown", says: `${look.node.name} cannot be reached` }];
    if (told === undefined || told.known) return [];
    return [{ level: "unknown", says: `${look.node.name}: ${told.why}` }];
  });
}

/** `lb1`; `lb1, lb2 unknown` when a node could not tell. */
export function kernelCell(
  looks: readonly Look[],
  pick: (look: Look) => Told<unknown> | undefined,
  holders: readonly string[],
): string {
  const silent = looks.flatMap((look) => (pick(look)?.known === true ? [] : [`${look.node.name} unknown`]));
  return silent.length === looks.length ? unknown : [cell(holders), ...silent].join(", ");
}

/** Where a resource runs by each node's own view of the pair; views that differ are a split. */
export function placesOf(
  looks: readonly Look[],
  resource: string,
  role?: string,
): { readonly names: readonly string[]; readonly text: string; readonly findings: readonly Finding[] } {
  const views = looks.flatMap((look) => {
    const pair = valueOf(look.pair);
    if (pair === undefined) return [];
    const places = (pair.running[resource] ?? []).filter((place) => role === undefined || place.role === role);
    return [{ by: look.node.name, names: places.map(({ node }) => node).toSorted() }];
  });
  const [first, ...others] = views;
  if (first === undefined) return { names: [], text: unknown, findings: [] };
  if (others.every(({ names }) => names.join() === first.names.join())) {
    return { names: first.names, text: cell(first.names), findings: [] };
  }
  const text = views.map(({ by, names }) => `${by} says ${cell(names)}`).join("; ");
  const says = `${cell(views.map(({ by }) => by))} do not agree where ${resource} runs (${text})`;
  const names = [...new Set(views.flatMap((view) => view.names))];
  return { names, text, findings: [{ level: "split", says, about: `views ${resource}` }] };
}
