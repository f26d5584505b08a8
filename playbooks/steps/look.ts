import { nodesWith, pairRoles, type Cluster, type Node, type PairRole, type Role } from "../../src/core/cluster.ts";
import { toFailure } from "../../src/core/errors.ts";
import type { StepContext } from "../../src/core/playbook.ts";
import type { Services } from "../../src/core/ports.ts";
import { addresses, type HeldAddress } from "../../src/ops/facts/address.ts";
import { drbdState, type DrbdState } from "../../src/ops/facts/drbd.ts";
import { quorumState, type QuorumState } from "../../src/ops/facts/quorum.ts";
import { unitStates } from "../../src/ops/facts/units.ts";
import { databaseState, type DatabaseState } from "../../src/ops/facts/writer.ts";

/** What must run on a node of each role. */
const services: Record<Role, readonly string[]> = {
  lb: ["nginx", "corosync", "pacemaker"],
  web: ["nginx", "php8.2-fpm"],
  db: ["mariadb", "corosync", "pacemaker"],
  nfs: ["corosync", "pacemaker"],
  admin: ["nagios4", "corosync-qnetd"],
};

/** What one node told; `failure` instead when it could not be asked. */
export type Look =
  | { readonly node: Node; readonly failure: string }
  | {
      readonly node: Node;
      readonly failure: null;
      readonly addresses: readonly HeldAddress[];
      readonly units: Readonly<Record<string, string>>;
      readonly database: DatabaseState | null;
      readonly drbd: DrbdState | null;
      readonly quorum: QuorumState | null;
    };

/** Milliseconds a node has to answer; a dead one must not hold up the truth about the others. */
const patienceMs = 10_000;

/** Asks all nodes at once, one round trip each. Never fails: a node that does not answer is part of the answer. */
export async function lookAt(all: Services, cluster: Cluster, context: StepContext): Promise<Look[]> {
  return Promise.all(
    cluster.nodes.map(async (node): Promise<Look> => {
      try {
        const facts = [addresses, unitStates(services[node.role]), databaseState, drbdState, quorumState] as const;
        const target = all.fleet(cluster.blueprint.name, node);
        const patience = { signal: context.signal, deadlineMs: patienceMs };
        const [held, units, database, drbd, quorum] = await target.read(facts, patience);
        return { node, failure: null, addresses: held, units, database, drbd, quorum };
      } catch (error) {
        return { node, failure: toFailure(error).message };
      }
    }),
  );
}

/** Problems in the order of how much they hurt, each a few words; none means consistent. */
export interface Judgement {
  readonly split: readonly string[];
  readonly degraded: readonly string[];
  readonly unknown: readonly string[];
}

/** Holds what the nodes told against what must be true. */
export function judge(cluster: Cluster, looks: readonly Look[]): Judgement {
  const split: string[] = [];
  const degraded: string[] = [];
  const unknown = looks.filter(({ failure }) => failure !== null).map(({ node }) => `${node.name} cannot be reached`);
  const told = looks.filter((look) => look.failure === null);
  for (const role of pairRoles) {
    const { address } = cluster.floating[role];
    const holders = told.filter((look) => look.addresses.some((held) => held.address === address));
    const names = holders.map(({ node }) => node.name).join(" and ");
    if (holders.length > 1) split.push(`${names} both hold ${address}`);
    if (holders.length === 0 && pairIsKnown(cluster, told, role)) degraded.push(`no ${role} node holds ${address}`);
  }
  const writers = told.filter(({ node, database }) => node.role === "db" && database?.readOnly === false);
  if (writers.length > 1) split.push(`${writers.map(({ node }) => node.name).join(" and ")} both accept writes`);
  if (writers.length === 0 && pairIsKnown(cluster, told, "db")) degraded.push("no database accepts writes");
  for (const look of told) degraded.push(...complaints(look));
  return { split, degraded, unknown };
}

function pairIsKnown(cluster: Cluster, told: readonly Look[], role: PairRole): boolean {
  return told.filter(({ node }) => node.role === role).length === nodesWith(cluster, role).length;
}

function complaints(look: Extract<Look, { failure: null }>): string[] {
  const { node, units, database, drbd, quorum } = look;
  const found = Object.entries(units).flatMap(([unit, state]) =>
    state === "active" ? [] : [`${unit} is ${state} on ${node.name}`],
  );
  if (node.role === "db" && database?.replicating === false) found.push(`${node.name} does not replicate`);
  if (node.role === "nfs" && (drbd?.disk !== "UpToDate" || drbd.peerDisk !== "UpToDate")) {
    found.push(`the disk of ${node.name} is ${drbd === null ? "not up" : `${drbd.disk}/${drbd.peerDisk}`}`);
  }
  if (quorum?.quorate === false) found.push(`${node.name} has no quorum`);
  else if (quorum !== null && quorum.votes < quorum.expected) {
    found.push(`${node.name} sees ${quorum.votes} of ${quorum.expected} votes`);
  }
  return found;
}

/** The one line. Unknown is never shown as fine. */
export function verdictOf({ split, degraded, unknown }: Judgement): string {
  if (split.length > 0) return `split: ${[...split, ...degraded, ...unknown].join("; ")}`;
  if (degraded.length > 0) return `degraded: ${[...unknown, ...degraded].join("; ")}`;
  if (unknown.length > 0) return `unknown: ${unknown.join("; ")}`;
  return "consistent";
}
