import { clusterTag, nodesWith, type Cluster, type Node } from "../core/cluster.ts";
import type { Fact, Told } from "../core/fact.ts";
import type { StepContext } from "../core/playbook.ts";
import type { Services } from "../core/ports.ts";
import { interfaces } from "../ops/facts/address.ts";
import { databaseState } from "../ops/facts/database.ts";
import { drbdState } from "../ops/facts/drbd.ts";
import { pairStatus } from "../ops/facts/pair.ts";
import { quorumState } from "../ops/facts/quorum.ts";
import { unitStates } from "../ops/facts/units.ts";
import { whoAnswers } from "../ops/facts/wire.ts";
import type { Look, ProviderLook, Seen } from "../policy/truth/seen.ts";
import { watchedUnits } from "../policy/watched.ts";
import { askNode, tried } from "./ask.ts";

/** Asks the provider and all nodes at once, one round trip each. Never fails: who does not answer is part of the answer. */
export async function lookAt(services: Services, cluster: Cluster, context: StepContext): Promise<Seen> {
  const [provider, ...looks] = await Promise.all([
    tried(context, () => askProvider(services, cluster, context)),
    ...cluster.nodes.map((node) => lookAtNode(services, cluster, node, context)),
  ]);
  return { cluster, looks, provider };
}

async function lookAtNode(services: Services, cluster: Cluster, node: Node, context: StepContext): Promise<Look> {
  const parts = truthFacts(cluster, node);
  const { failure, told } = await askNode(services, cluster, node, Object.values(parts), context);
  return lookOf(node, parts, failure, told);
}

/** By what of a look it tells. */
type Parts = Partial<Record<Exclude<keyof Look, "node" | "failure">, Fact<unknown>>>;

/** What a node is asked for the truth about its cluster. */
export function truthFacts(cluster: Cluster, node: Node): Parts {
  const base = { interfaces, units: unitStates(watchedUnits[node.role]) };
  const pair = { ...base, quorum: quorumState, pair: pairStatus };
  // Balancers and databases are on both networks: four witnesses of each address are enough.
  const wire = whoAnswers(Object.values(cluster.floating).map(({ address, nic }) => ({ address, nic })));
  switch (node.role) {
    case "web":
    case "admin":
      return base;
    case "lb":
      return { ...pair, wire };
    case "db":
      return { ...pair, wire, database: databaseState };
    case "nfs":
      return { ...pair, drbd: drbdState };
  }
}

/** What a node told, in the order of the parts it was asked for. */
export function lookOf(node: Node, parts: Parts, failure: string | null, told: readonly Told<unknown>[]): Look {
  const named = Object.fromEntries(Object.keys(parts).map((part, at) => [part, told[at]]));
  // Each fact was parsed into what its part of a look is.
  return { node, failure, ...named } as unknown as Look;
}

/** Asks the provider for machines and for the addresses of the balancers. @throws OpsError */
export async function askProvider(
  services: Pick<Services, "cloud">,
  cluster: Cluster,
  context: StepContext,
): Promise<ProviderLook> {
  const [machines, ...addresses] = await Promise.all([
    services.cloud.listNodes(clusterTag(cluster.blueprint.name), context),
    ...nodesWith(cluster, "lb").map(async ({ name, linodeId, ipv4 }) => {
      const { ipv4: main, extra, shared } = await services.cloud.addresses(linodeId, context);
      const own = [main.address, ...extra].filter((address) => address !== ipv4.address);
      return [name, { own, shared }] as const;
    }),
  ]);
  return {
    machines: Object.fromEntries(machines.map(({ id, status }) => [id, status])),
    addresses: Object.fromEntries(addresses),
  };
}
